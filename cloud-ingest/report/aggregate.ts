import { groupBy } from "../group-by.ts";
import type { TrafficRow } from "../warehouse/port.ts";
import { sumTally } from "./tally.ts";
import { targetKeyOf } from "./targets.ts";

/** Adds rows up into longer spans; `startOf` says in which span a row falls. */
export function aggregate(
  rows: readonly TrafficRow[],
  spanS: number,
  startOf: (row: TrafficRow) => string,
): readonly TrafficRow[] {
  const groups = groupBy(rows, (row) => `${targetKeyOf(row)} ${startOf(row)}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ ...first, ...sumTally(group), localStart: startOf(first), spanS }] : [];
  });
}

/** Hours of windows. */
export function hoursOf(windows: readonly TrafficRow[]): readonly TrafficRow[] {
  return aggregate(windows, 3600, (row) => `${row.localStart.slice(0, 13)}:00:00`);
}

/** Days of hours. */
export function daysOf(hours: readonly TrafficRow[]): readonly TrafficRow[] {
  return aggregate(hours, 86_400, (row) => `${row.businessDate}T00:00:00`);
}

/** Rows of `coarse`, but of the dates that `fine` has, those of `fine`: it holds also what the roll-up has not reached. */
export function replaceDates(coarse: readonly TrafficRow[], fine: readonly TrafficRow[]): readonly TrafficRow[] {
  const known = new Set(fine.map((row) => row.businessDate));
  return [...coarse.filter((row) => !known.has(row.businessDate)), ...fine];
}
