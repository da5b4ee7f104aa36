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

/** Rows of `coarse`, and for the dates which it lacks those of `fine`: what the roll-up has not reached yet. */
export function fillDates(coarse: readonly TrafficRow[], fine: readonly TrafficRow[]): readonly TrafficRow[] {
  const known = new Set(coarse.map((row) => row.businessDate));
  return [...coarse, ...fine.filter((row) => !known.has(row.businessDate))];
}
