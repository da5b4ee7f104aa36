import type { Flag } from "./flag.ts";
import type { ImputedPanel } from "./impute/imputed-panel.ts";
import type { Panel } from "./panel.ts";
import type { Judged } from "./verdicts.ts";

/** Clean values of one series beside the raw ones, by slot. */
export interface CleanSeries {
  /** People: the raw value where it is believed, else the imputed one; NaN where nothing can be said. */
  readonly value: Float64Array;
  /** 80 % interval; the value itself where it was measured. */
  readonly lo80: Float64Array;
  readonly hi80: Float64Array;
  /** The flag that decides each slot: a device fault before an explanation, then the more certain one. */
  readonly flags: readonly (Flag | undefined)[];
}

export interface CleanPanel {
  readonly series: readonly CleanSeries[];
}

/** Puts what was judged and what was imputed side by side. Raw values are not touched. */
export function cleanPanel(panel: Panel, { flags, isMissing }: Judged, imputed: ImputedPanel): CleanPanel {
  const byName = new Map(panel.names.map((name) => [name, [] as Flag[]]));
  for (const flag of flags) byName.get(flag.series)?.push(flag);
  return {
    series: panel.names.map((name, index) => {
      const raw = panel.values[index]!;
      const value = raw.map((count, slot) => (isMissing[index]?.[slot] === 1 ? Number.NaN : count));
      const [lo80, hi80] = [value.slice(), value.slice()];
      const filled = imputed.series[index];
      filled?.slots.forEach((slot, at) => {
        value[slot] = filled.values[at]!;
        lo80[slot] = filled.lo80[at]!;
        hi80[slot] = filled.hi80[at]!;
      });
      return { value, lo80, hi80, flags: decide(raw.length, byName.get(name) ?? []) };
    }),
  };
}

function decide(slots: number, flags: readonly Flag[]): (Flag | undefined)[] {
  const decided: (Flag | undefined)[] = new Array(slots).fill(undefined);
  const rank = ({ kind, confidence }: Flag) => (kind === "device" ? 1 : 0) + confidence / 2;
  for (const flag of [...flags].sort((a, b) => rank(a) - rank(b))) decided.fill(flag, flag.from, flag.to);
  return decided;
}
