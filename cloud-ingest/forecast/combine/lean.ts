import { weightedMedian } from "../../quality/expectation/numbers.ts";
import { calendarFit } from "../members/calendar-fit.ts";
import { combined } from "./combined.ts";
import { isJudged } from "./evidence.ts";
import { logError } from "./intervals.ts";
import type { Past } from "./learn-errors.ts";

/** Days after which a past error counts half. */
const HALF_LIFE = 200;
/** Past dates that "to neither side" is worth. */
const NEITHER = 30;
/** Part of it that is made good: what was off to one side goes on so, but not for ever. */
const PART = 0.4;
/** In the logarithm. */
const MOST = 0.2;

/** By series, how far the combination of its members was off to one side on past origins, as far as that is made good, in the logarithm: a street that grows is foretold too low by what was. */
export function leansOf({ past, truth, weights, origin }: Past): number[] {
  return truth.map((values, series) => {
    const [errors, counts]: [number[], number[]] = [[], []];
    for (const one of past) {
      const { origin: then, days, predictions } = one;
      if (!isJudged(one, series, values)) continue;
      const { offset } = calendarFit(days, series);
      const own = predictions.map((member) => member[series]!);
      combined(own, { weights: weights[series]! }, offset).forEach((value, h) => {
        const error = then + h < origin ? logError(values[then + h]!, value, offset) : Number.NaN;
        if (!Number.isFinite(error)) return;
        errors.push(error);
        counts.push(0.5 ** ((origin - then) / HALF_LIFE));
      });
    }
    if (errors.length === 0) return 0;
    const total = counts.reduce((sum, count) => sum + count, 0);
    const middle = weightedMedian(Float64Array.from(errors), Float64Array.from(counts), errors.length);
    return Math.max(-MOST, Math.min(MOST, (PART * middle * total) / (total + NEITHER)));
  });
}
