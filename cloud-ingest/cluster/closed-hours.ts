// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).

export const HOURS_OF_WEEK = 168;
/** An hour of the week that is there less often is one in which the place is closed, as the rule `gap` of the quality job has it. */
const USUAL = 0.25;

/**
 * By hour of the week from the first hour of the values, 1 where the place is hardly ever counted: such an hour has no gap but nobody. Weeks
 * of which nothing is known say nothing of it.
 * @param values by hour, NaN where not known
 */
export function closedHours(values: Float64Array): Uint8Array {
  const [known, all] = [new Uint32Array(HOURS_OF_WEEK), new Uint32Array(HOURS_OF_WEEK)];
  for (let from = 0; from < values.length; from += HOURS_OF_WEEK) {
    const week = values.subarray(from, from + HOURS_OF_WEEK);
    if (!week.some(Number.isFinite)) continue;
    week.forEach((value, at) => {
      all[at]!++;
      if (Number.isFinite(value)) known[at]!++;
    });
  }
  return Uint8Array.from(known, (count, at) => (count < USUAL * all[at]! ? 1 : 0));
}
