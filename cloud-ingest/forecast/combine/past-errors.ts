import { median, sortedQuantile } from "../../quality/expectation/numbers.ts";
import type { ErrorQuantiles } from "../port.ts";
import { type ErrorList, emptyErrors, errorQuantiles } from "./intervals.ts";

/** Days after which a past error counts half: intervals follow how well it goes now. */
const HALF_LIFE = 112;
/** Errors of other series that speak for one, in its own units, as if they were so many of its own. */
const POOLED = 30;
/** Points that stand for the errors of all series. */
const POINTS = 41;

/** Signed errors of one group (dates so far ahead, or an hour of the day) by series. */
export class PastErrors {
  readonly #lists: ErrorList[];

  constructor(series: number) {
    this.#lists = Array.from({ length: series }, emptyErrors);
  }

  add(series: number, error: number, age: number): void {
    if (!Number.isFinite(error)) return;
    this.#lists[series]!.errors.push(error);
    this.#lists[series]!.weights.push(0.5 ** (age / HALF_LIFE));
  }

  /** By series, with the panel's shape of errors beside its own; the last is for a series without any. */
  quantiles(): { own: ErrorQuantiles[]; pooled: ErrorQuantiles } {
    const sizes = this.#lists.map(({ errors }) => (errors.length > 3 ? median(errors.map(Math.abs)) : Number.NaN));
    const usual = median(sizes);
    const units = this.#lists.flatMap(({ errors }, i) =>
      sizes[i]! > 0 ? errors.map((error) => error / sizes[i]!) : [],
    );
    const sorted = Float64Array.from(units).sort();
    const points = (size: number): ErrorList => {
      if (sorted.length < POINTS || !(size > 0)) return emptyErrors();
      const errors = Array.from({ length: POINTS }, (_, i) => size * sortedQuantile(sorted, (i + 0.5) / POINTS));
      return { errors, weights: errors.map(() => POOLED / POINTS) };
    };
    const own = this.#lists.map((list, i) => errorQuantiles([list, points(sizes[i]! > 0 ? sizes[i]! : usual)]));
    return { own, pooled: errorQuantiles([points(usual)]) };
  }
}
