import type { History } from "../port.ts";

const HOURS = 24;
const WEEK = 7;
/** Weeks that tell what an hour usually has. */
const LOOK_BACK_WEEKS = 4;
/** A date that lost more than this part of its people is not known. */
const MOST_MISSING = 0.3;

export interface DayTotals {
  readonly values: Float64Array;
  /** 0..1: part of the date that was counted, times how far it is believed. */
  readonly weights: Float64Array;
}

/** People by date; a few missing hours are filled from the weeks before alone, so that no later date speaks. */
export function dayTotals(history: History, series: number): DayTotals {
  const source = history.values[series]!;
  const certainty = history.certainty?.[series];
  if (history.step === "day") {
    const weights = source.map((value, day) => (Number.isNaN(value) ? 0 : (certainty?.[day] ?? 1)));
    return { values: source.slice(), weights };
  }
  const values = new Float64Array(history.days).fill(Number.NaN);
  const weights = new Float64Array(history.days);
  for (let day = 0; day < history.days; day++) {
    const { total, known, sure } = sumOf(source, certainty, day);
    if (known === 0) continue;
    const usual = known < HOURS ? missingShare(source, day) : 0;
    if (!(usual <= MOST_MISSING)) continue;
    values[day] = total / (1 - usual);
    weights[day] = (1 - usual) * (total > 0 ? sure / total : 1);
  }
  return { values, weights };
}

function sumOf(source: Float64Array, certainty: Float32Array | undefined, day: number) {
  let [total, known, sure] = [0, 0, 0];
  for (let slot = day * HOURS; slot < (day + 1) * HOURS; slot++) {
    const value = source[slot]!;
    if (Number.isNaN(value)) continue;
    known++;
    total += value;
    sure += value * (certainty?.[slot] ?? 1);
  }
  return { total, known, sure };
}

/** Part of a usual date's people that come in the hours which are missing; NaN where no week before knows. */
function missingShare(source: Float64Array, day: number): number {
  let [missing, all] = [0, 0];
  for (let hour = 0; hour < HOURS; hour++) {
    const usual = usualOf(source, day, hour);
    if (Number.isNaN(usual)) return Number.NaN;
    all += usual;
    if (Number.isNaN(source[day * HOURS + hour]!)) missing += usual;
  }
  return all > 0 ? missing / all : Number.NaN;
}

function usualOf(source: Float64Array, day: number, hour: number): number {
  let [sum, count] = [0, 0];
  for (let week = 1; week <= 3 * LOOK_BACK_WEEKS && count < LOOK_BACK_WEEKS; week++) {
    const at = (day - week * WEEK) * HOURS + hour;
    if (at < 0) break;
    if (Number.isNaN(source[at]!)) continue;
    sum += source[at]!;
    count++;
  }
  return count > 0 ? sum / count : Number.NaN;
}
