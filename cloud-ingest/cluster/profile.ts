// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).
import { addDays } from "../calendar.ts";
import { TrimmedMean } from "../quality/expectation/trimmed-mean.ts";
import { type DayNote, type Panel, SLOTS } from "../quality/panel.ts";
import { closedHours, HOURS_OF_WEEK } from "./closed-hours.ts";

/** Each half of the weeks needs four of an hour for a mean without its extremes. */
const FEWEST_WEEKS = 8;
/** Cut off at either end: one street party in ten weeks is no habit. */
const TRIM = 0.1;
/** More unknown hours of the week, in all weeks or in a half of them, are no profile. */
const MOST_UNKNOWN = HOURS_OF_WEEK * 0.1;
/** A larger part of hours below 0 is no slip of the file: its numbers are no counts. */
const MOST_NEGATIVE = 0.1;
/** Fewer people in a week leave hours to chance. */
const FEWEST_PEOPLE = 70;

/** Which weeks of the panel are looked at. */
export type Weeks = "all" | "even" | "odd";

/** Why a series has no profile. */
export type LeftOut = "too short" | "too few people" | "too many unknown hours" | "negative counts";

/**
 * The week of a series: 168 square roots of the share of each hour, Monday 00 first, so that their squares add up to 1 (Hellinger
 * distance between shares). Holidays, closures, events, shocks, negative numbers and hours that are not known are left out, hours of the week that are
 * hardly ever there are hours without people (`closed-hours.ts`); a mean without its extremes over the weeks, which is continuous for small
 * counts where a median jumps.
 */
export function weekProfile(panel: Panel, index: number, weeks: Weeks = "all"): number[] | LeftOut {
  const values = ordinaryValues(panel, index);
  if (isNegative(values)) return "negative counts";
  const isClosed = closedHours(values);
  const first = weekdayOf(panel.from);
  const means = new Float64Array(HOURS_OF_WEEK).fill(Number.NaN);
  const some = new TrimmedMean(Math.ceil(panel.days / 7) + 1);
  let most = 0;
  for (let slot = 0; slot < HOURS_OF_WEEK; slot++) {
    some.clear();
    const [weekday, hour] = [Math.floor(slot / 24), slot % 24];
    const start = (weekday - first + 7) % 7;
    if (isClosed[start * SLOTS.hour + hour] === 1) {
      means[slot] = 0;
      continue;
    }
    for (let day = start; day < panel.days; day += 7) {
      const week = Math.floor((day + first) / 7) % 2 === 0 ? "even" : "odd";
      if (weeks !== "all" && week !== weeks) continue;
      const value = values[day * SLOTS.hour + hour]!;
      if (Number.isFinite(value) && value >= 0) some.add(value, 1);
    }
    if (some.count > 0) means[slot] = some.mean(TRIM);
    most = Math.max(most, some.count);
  }
  if (most < FEWEST_WEEKS / (weeks === "all" ? 1 : 2)) return "too short";
  return rooted(means);
}

/** NaN on all other dates. */
function ordinaryValues({ values, notes, from, days }: Panel, index: number): Float64Array {
  const kept = values[index]!.slice();
  for (let day = 0; day < days; day++)
    if (!isOrdinary(notes.get(addDays(from, day)))) kept.fill(Number.NaN, day * SLOTS.hour, (day + 1) * SLOTS.hour);
  return kept;
}

function isNegative(values: Float64Array): boolean {
  const known = values.filter(Number.isFinite);
  return known.filter((value) => value < 0).length > MOST_NEGATIVE * known.length;
}

/** Neither a holiday nor closed, without an event of its own or a shock of all. */
export function isOrdinary(note: DayNote | undefined): boolean {
  return note === undefined || !(note.holiday || note.isClosed || note.event || note.shock);
}

/** An hour of which nothing is known gets the mean of the same hour on the other days of its kind (Monday to Friday, weekend). */
function rooted(means: Float64Array): number[] | LeftOut {
  const known = means.filter(Number.isFinite).length;
  if (HOURS_OF_WEEK - known > MOST_UNKNOWN) return "too many unknown hours";
  const filled = means.map((mean, slot) => (Number.isFinite(mean) ? mean : sameHour(means, slot)));
  const total = filled.reduce((sum, value) => sum + value, 0);
  if (total < FEWEST_PEOPLE) return "too few people";
  return Array.from(filled, (value) => Math.sqrt(value / total));
}

function sameHour(means: Float64Array, slot: number): number {
  const isWeekend = slot >= 120;
  const others = Array.from(means).filter(
    (mean, other) => other % 24 === slot % 24 && other >= 120 === isWeekend && Number.isFinite(mean),
  );
  return others.length === 0 ? 0 : others.reduce((sum, value) => sum + value, 0) / others.length;
}

/** 0 for a Monday. */
export const weekdayOf = (date: string) => (new Date(date).getUTCDay() + 6) % 7;
