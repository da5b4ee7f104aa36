import type { Flag } from "../../../cloud-ingest/quality/flag.ts";
import type { Judgement } from "../../../cloud-ingest/quality/judge-panel.ts";
import { type Panel, SLOTS } from "../../../cloud-ingest/quality/panel.ts";
import type { Fault, Injected } from "./faults.ts";

/** Dates by what was injected and what was flagged as a device fault. */
export interface Score {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly missed: number;
  /** Dates found and injected, by fault. */
  readonly byFault: ReadonlyMap<Fault, { found: number; all: number }>;
  /** False dates by the rule that raised them. */
  readonly falseByRule: ReadonlyMap<string, number>;
  readonly deviceDays: number;
}

/** By date of a series, the rule of its first device flag; a date that had no value at all is nobody's fault here. */
export function deviceDays(panel: Panel, flags: readonly Flag[], name: string): (string | undefined)[] {
  const perDay = SLOTS[panel.step];
  const rules: (string | undefined)[] = new Array(panel.days).fill(undefined);
  for (const { series, kind, from, to, rule } of flags) {
    if (series !== name || kind !== "device" || rule === "gap") continue;
    for (let day = Math.floor(from / perDay); day < Math.ceil(to / perDay); day++) rules[day] ??= rule;
  }
  return rules;
}

export function scoreOf(panel: Panel, { flags }: Judgement, injected: readonly Injected[]): Score {
  const byFault = new Map<Fault, { found: number; all: number }>();
  const falseByRule = new Map<string, number>();
  let [truePositives, falsePositives, missed, device] = [0, 0, 0, 0];
  const perDay = SLOTS[panel.step];
  panel.names.forEach((name, series) => {
    const rules = deviceDays(panel, flags, name);
    const truth = truthOf(panel, injected, series);
    for (let day = 0; day < panel.days; day++) {
      if (isEmpty(panel.values[series]!, day * perDay, (day + 1) * perDay)) continue;
      device++;
      const [fault, rule] = [truth[day], rules[day]];
      if (fault) {
        const sum = byFault.get(fault) ?? { found: 0, all: 0 };
        sum.all++;
        if (rule) sum.found++;
        byFault.set(fault, sum);
      }
      if (fault && rule) truePositives++;
      else if (fault) missed++;
      else if (rule) {
        falsePositives++;
        falseByRule.set(rule, (falseByRule.get(rule) ?? 0) + 1);
      }
    }
  });
  return { truePositives, falsePositives, missed, byFault, falseByRule, deviceDays: device };
}

function truthOf(panel: Panel, injected: readonly Injected[], series: number): (Fault | undefined)[] {
  const truth: (Fault | undefined)[] = new Array(panel.days).fill(undefined);
  for (const one of injected) if (one.series === series) truth.fill(one.fault, one.from, one.to);
  return truth;
}

const isEmpty = (values: Float64Array, from: number, to: number) => values.subarray(from, to).every(Number.isNaN);

export const precision = ({ truePositives, falsePositives }: Score) => truePositives / (truePositives + falsePositives);
export const recall = ({ truePositives, missed }: Score) => truePositives / (truePositives + missed);
