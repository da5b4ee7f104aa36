const HOURS = 24;

/** Totals of dates shared out over their hours (top-down), so that hours add up to the date; a profile for each total. */
export function hoursAhead(totals: Float64Array, profiles: readonly Float64Array[]): Float64Array {
  const hours = new Float64Array(totals.length * HOURS);
  totals.forEach((total, h) => {
    for (let hour = 0; hour < HOURS; hour++) hours[h * HOURS + hour] = total * profiles[h]![hour]!;
  });
  return hours;
}

/** The offset of a date's logarithm as an hour has it. */
export const hourOffset = (dayOffset: number): number => 0.5 + (dayOffset - 0.5) / HOURS;
