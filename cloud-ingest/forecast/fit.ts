import { checkHistory } from "./check-history.ts";
import { combined } from "./combine/combined.ts";
import { gatherEvidence, Journal, type PastOrigin } from "./combine/evidence.ts";
import { GROUPS, groupOf } from "./combine/horizon-group.ts";
import { logError } from "./combine/intervals.ts";
import { PastErrors } from "./combine/past-errors.ts";
import { memberErrors, pooledErrors, weightsOf } from "./combine/weights.ts";
import { makeDays } from "./days/make-days.ts";
import { hourOffset, hoursAhead } from "./hourly/hours-ahead.ts";
import { profilesOf } from "./hourly/profile.ts";
import { OUR_MEMBERS } from "./members/all.ts";
import { calendarFit } from "./members/calendar-fit.ts";
import type { Champion, Context, Days, ErrorQuantiles, FitOptions, History, Member, SeriesChampion } from "./port.ts";

/** Another number for each change of what `members` or `weights` mean: an artefact of another version is refused. */
export const VERSION = 1;
const HOURS = 24;
/** Hours are foretold a week ahead. */
const HOUR_HORIZON_DAYS = 7;

/** What of a fit is the same for all origins of a backtest. */
export interface FitState {
  readonly all: Days;
  readonly journal: Journal;
}

/** Learns members, weights and errors from a history: all of it from rolling origins within. Throws `AppError` for values that are no counts. */
export async function fitChampion(history: History, context: Context, options: FitOptions): Promise<Champion> {
  checkHistory(history, context);
  const all = makeDays(history, context, options.horizonDays);
  return fitBefore(history, { all, journal: new Journal() }, { ...options, origin: history.days });
}

/** The same from the dates before an origin alone. */
export async function fitBefore(
  history: History,
  { all, journal }: FitState,
  options: FitOptions & { readonly origin: number },
): Promise<Champion> {
  const { origin, members = OUR_MEMBERS } = options;
  const past = await gatherEvidence(all, origin, { ...options, members, journal });
  const now = journal.daysBefore(all, origin);
  const truth = now.values.map((values, i) =>
    values.map((value, day) => (Number.isNaN(value) ? value : all.values[i]![day]!)),
  );
  const errors = truth.map((values, series) => memberErrors(past, values, { series, now: origin }));
  const pooled = pooledErrors(errors, members.length);
  const weights = errors.map((own) => weightsOf(own, pooled));
  const intervals = intervalsOf(history, { past, truth, weights, origin });
  const states: Record<string, unknown> = {};
  for (const member of members) states[member.name] = (await journal.fit(member, now)).state ?? null;
  const series = now.names.map((name, i): [string, SeriesChampion] => [
    name,
    {
      weights: weights[i]!,
      dayErrors: intervals.days.map(({ own }) => own[i]!),
      hourErrors: intervals.hours.map(({ own }) => own[i]!),
      origins: errors[i]!.origins[0]!,
      evidence: evidenceOf(members, errors[i]!.mae[0]!),
    },
  ]);
  const none = { mae: pooled, origins: new Float64Array(GROUPS) };
  return {
    version: VERSION,
    step: history.step,
    memberNames: members.map(({ name }) => name),
    members: states,
    series: Object.fromEntries(series),
    pooled: {
      weights: weightsOf(none, pooled),
      dayErrors: intervals.days.map((group) => group.pooled),
      hourErrors: intervals.hours.map((group) => group.pooled),
      origins: 0,
      evidence: {},
    },
  };
}

function evidenceOf(members: readonly Member[], mae: Float64Array): Record<string, number | null> {
  return Object.fromEntries(members.map(({ name }, m) => [name, Number.isFinite(mae[m]!) ? mae[m]! : null]));
}

interface Past {
  readonly past: readonly PastOrigin[];
  readonly truth: readonly Float64Array[];
  readonly weights: readonly (readonly (readonly number[])[])[];
  readonly origin: number;
}

interface Quantiles {
  readonly own: readonly ErrorQuantiles[];
  readonly pooled: ErrorQuantiles;
}

/** Errors that the combination had on past origins, by horizon group of dates and by hour of the day. */
function intervalsOf(
  history: History,
  { past, truth, weights, origin }: Past,
): { days: Quantiles[]; hours: Quantiles[] } {
  const series = truth.length;
  const ofDays = Array.from({ length: GROUPS }, () => new PastErrors(series));
  const ofHours = Array.from({ length: history.step === "hour" ? HOURS : 0 }, () => new PastErrors(series));
  for (const { origin: then, days, predictions } of past)
    for (let i = 0; i < series; i++) {
      const offset = calendarFit(days, i).offset;
      const forecast = combined(
        predictions.map((member) => member[i]!),
        weights[i]!,
        offset,
      );
      forecast.forEach((value, h) => {
        if (then + h < origin) ofDays[groupOf(h)]!.add(i, logError(truth[i]![then + h]!, value, offset), origin - then);
      });
      if (ofHours.length > 0) addHours({ history, days, forecast, truth: truth[i]!, series: i, now: origin }, ofHours);
    }
  return {
    days: fillGroups(
      ofDays.map((group) => group.quantiles()),
      past,
      origin,
    ),
    hours: ofHours.map((hour) => hour.quantiles()),
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

function addHours({ history, days, forecast, truth, series, now }: HourCase, ofHours: readonly PastErrors[]): void {
  const dates = days.dates[series]!;
  const profiles = profilesOf(history, { series, origin: days.days, dates });
  const hours = hoursAhead(forecast.subarray(0, HOUR_HORIZON_DAYS), { profiles, dates, first: days.days });
  const offset = hourOffset(calendarFit(days, series).offset);
  hours.forEach((value, slot) => {
    const day = days.days + Math.floor(slot / HOURS);
    if (day >= now || Number.isNaN(truth[day]!)) return;
    const counted = history.values[series]![days.days * HOURS + slot]!;
    ofHours[slot % HOURS]!.add(series, logError(counted, value, offset), now - days.days);
  });
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
