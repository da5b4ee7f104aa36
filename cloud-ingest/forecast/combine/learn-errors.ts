import { hourOffset, hoursAhead } from "../hourly/hours-ahead.ts";
import { profilesBehind } from "../hourly/profile.ts";
import { calendarFit } from "../members/calendar-fit.ts";
import type { Days, ErrorQuantiles, History, TodayStage } from "../port.ts";
import type { DateHours } from "../today.ts";
import { TodayEvidence } from "../today-evidence.ts";
import { combined } from "./combined.ts";
import { isJudged, type PastOrigin } from "./evidence.ts";
import { GROUPS, groupOf } from "./horizon-group.ts";
import { logError, ofFewOrigins } from "./intervals.ts";
import { PastErrors } from "./past-errors.ts";

const HOURS = 24;
/** Hours are foretold a week ahead. */
const HOUR_HORIZON_DAYS = 7;
export interface Past {
  readonly past: readonly PastOrigin[];
  readonly truth: readonly Float64Array[];
  readonly weights: readonly (readonly (readonly number[])[])[];
  readonly origin: number;
}

export interface Quantiles {
  readonly own: readonly ErrorQuantiles[];
  readonly pooled: ErrorQuantiles;
}

export interface Errors {
  readonly days: readonly Quantiles[];
  readonly hours: readonly Quantiles[];
  /** By series, by stage. */
  readonly today: { readonly own: readonly (readonly TodayStage[])[]; readonly pooled: readonly TodayStage[] };
}

/** Errors that the combination had on past origins, by horizon group of dates and by hour of the day; `leans` by series. */
export function learnErrors(
  history: History,
  { past, truth, weights, leans, origin }: Past & { readonly leans: readonly number[] },
): Errors {
  const series = truth.length;
  const today = new TodayEvidence();
  const origins = new Uint16Array(series);
  const ofDays = Array.from({ length: GROUPS }, () => new PastErrors(series));
  const ofHours = Array.from({ length: history.step === "hour" ? HOURS : 0 }, () => new PastErrors(series));
  for (const one of past) {
    const { origin: then, days, predictions } = one;
    for (let i = 0; i < series; i++) {
      if (!isJudged(one, i, truth[i]!)) continue;
      origins[i]!++;
      const offset = calendarFit(days, i).offset;
      const forecast = combined(
        predictions.map((member) => member[i]!),
        { weights: weights[i]!, lean: leans[i]! },
        offset,
      );
      forecast.forEach((value, h) => {
        if (then + h < origin) ofDays[groupOf(h)]!.add(i, logError(truth[i]![then + h]!, value, offset), origin - then);
      });
      if (ofHours.length === 0) continue;
      addHours({ history, days, forecast, truth: truth[i]!, series: i, now: origin }, { ofHours, today });
    }
  }
  const quantiles = (of: PastErrors): Quantiles => {
    const { own, pooled } = of.quantiles();
    return { own: own.map((each, i) => ofFewOrigins(each, origins[i]!)), pooled: ofFewOrigins(pooled, past.length) };
  };
  return {
    days: fillGroups(ofDays.map(quantiles), past, origin),
    hours: ofHours.map(quantiles),
    today: ofHours.length > 0 ? today.stages(series, quantilesOf) : { own: truth.map(() => []), pooled: [] },
  };
}

interface HourCase {
  readonly history: History;
  readonly days: Days;
  readonly forecast: Float64Array;
  readonly truth: Float64Array;
  readonly series: number;
  readonly now: number;
}

interface Ledgers {
  readonly ofHours: readonly PastErrors[];
  readonly today: TodayEvidence;
}

function addHours({ history, days, forecast, truth, series, now }: HourCase, { ofHours, today }: Ledgers): void {
  const profiles = profilesBehind(history, days, { series, ahead: HOUR_HORIZON_DAYS });
  const totals = forecast.subarray(0, HOUR_HORIZON_DAYS);
  const hours = hoursAhead(totals, profiles.ahead);
  const offset = hourOffset(calendarFit(days, series).offset);
  let yesterday: DateHours | undefined;
  for (let h = 0; h < totals.length && days.days + h < now; h++) {
    const day = days.days + h;
    const counted = history.values[series]!.subarray(day * HOURS, (day + 1) * HOURS);
    const foretold = hours.subarray(h * HOURS, (h + 1) * HOURS);
    const date = Number.isNaN(truth[day]!) ? undefined : { hours: foretold, counted };
    if (date) today.add(series, date, yesterday);
    yesterday = date;
    if (!date) continue;
    for (let hour = 0; hour < HOURS; hour++)
      ofHours[hour]!.add(series, logError(counted[hour]!, foretold[hour]!, offset), now - days.days);
  }
}

function quantilesOf(errors: readonly (readonly number[])[]): Quantiles {
  const past = new PastErrors(errors.length);
  errors.forEach((each, series) => {
    for (const error of each) past.add(series, error, 0);
  });
  return past.quantiles();
}

/** Groups further ahead than any past origin knows take the errors of the last one that is known. */
function fillGroups(groups: Quantiles[], past: readonly PastOrigin[], origin: number): Quantiles[] {
  const reach = Math.max(
    0,
    ...past.map(({ origin: then, predictions }) => Math.min(origin - then, predictions[0]?.[0]?.length ?? 0)),
  );
  const last = groupOf(Math.max(0, reach - 1));
  return groups.map((group, i) => (i <= last ? group : groups[last]!));
}
