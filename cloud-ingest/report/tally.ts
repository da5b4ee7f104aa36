import type { TrafficRow } from "../warehouse/port.ts";

/** What was counted at one line or zone in any span of time. */
export type Tally = Pick<
  TrafficRow,
  | "in"
  | "out"
  | "visits"
  | "stops"
  | "passersBy"
  | "dwellS"
  | "occupancyMean"
  | "occupancyMax"
  | "observedS"
  | "quality"
>;

/** True when some of the counts are estimates. */
export const isRepaired = ({ quality }: Tally): boolean => quality?.kind === "repaired";

/** True when a camera watched or counted, or when it is known what it would have counted. */
export function isSeen(tally: Tally): boolean {
  return tally.observedS > 0 || tally.in + tally.out + tally.visits > 0 || isRepaired(tally);
}

/** Adds up spans of one line or zone; occupancy is averaged over the observed time. */
export function sumTally(rows: readonly Tally[]): Tally {
  const observedS = sumOf(rows, (row) => row.observedS);
  return {
    in: sumOf(rows, (row) => row.in),
    out: sumOf(rows, (row) => row.out),
    visits: sumOf(rows, (row) => row.visits),
    stops: sumOf(rows, (row) => row.stops),
    passersBy: sumOf(rows, (row) => row.passersBy),
    dwellS: sumOf(rows, (row) => row.dwellS),
    occupancyMean: observedS > 0 ? sumOf(rows, (row) => row.occupancyMean * row.observedS) / observedS : 0,
    occupancyMax: rows.reduce((most, row) => Math.max(most, row.occupancyMax), 0),
    observedS,
    ...qualityOf(rows),
  };
}

/** A repair counts more than an explanation. */
function qualityOf(rows: readonly Tally[]): Pick<Tally, "quality"> {
  const all = rows.flatMap(({ quality }) => quality ?? []);
  const repaired = all.filter(({ kind }) => kind === "repaired");
  const told = repaired.length > 0 ? repaired : all;
  const [first] = told;
  if (!first) return {};
  const rules = [...new Set(told.flatMap((one) => one.rules))].sort();
  return { quality: { kind: first.kind, rules, hours: told.reduce((sum, { hours }) => sum + hours, 0) } };
}

function sumOf(rows: readonly Tally[], value: (row: Tally) => number): number {
  return rows.reduce((sum, row) => sum + value(row), 0);
}
