import type { Flag } from "./flag.ts";
import { type Panel, slotText } from "./panel.ts";

/** What a run found, for JSON: times in place of slots. */
export interface FlagReport {
  readonly step: Panel["step"];
  readonly from: string;
  readonly days: number;
  readonly series: number;
  readonly flags: readonly TimedFlag[];
}

type TimedFlag = Omit<Flag, "from" | "to"> & {
  /** Local start of the first slot. */
  readonly from: string;
  /** Local start of the last slot. */
  readonly to: string;
};

export function flagReport(panel: Panel, flags: readonly Flag[]): FlagReport {
  const { step, from, days, names } = panel;
  const timed = flags.map((flag) => ({ ...flag, from: slotText(panel, flag.from), to: slotText(panel, flag.to - 1) }));
  return { step, from, days, series: names.length, flags: timed };
}

/** Rows for a table: series, rule, kind, first and last time. */
export function flagRows({ flags }: FlagReport): readonly (readonly string[])[] {
  return flags.map(({ series, rule, kind, from, to }) => [series, rule, kind, from, to]);
}
