import type { DateTable } from "../port.ts";
import { type Profiles, profileOf } from "./profile.ts";

const HOURS = 24;

export interface HoursOptions {
  readonly profiles: Profiles;
  readonly dates: DateTable;
  /** Date of the first total. */
  readonly first: number;
}

/** Totals of dates shared out over their hours (top-down), so that hours add up to the date. */
export function hoursAhead(totals: Float64Array, { profiles, dates, first }: HoursOptions): Float64Array {
  const hours = new Float64Array(totals.length * HOURS);
  totals.forEach((total, h) => {
    const shares = profileOf(profiles, dates, first + h);
    for (let hour = 0; hour < HOURS; hour++) hours[h * HOURS + hour] = total * shares[hour]!;
  });
  return hours;
}

/** The offset of a date's logarithm as an hour has it. */
export const hourOffset = (dayOffset: number): number => 0.5 + (dayOffset - 0.5) / HOURS;
