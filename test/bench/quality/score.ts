import type { Flag } from "../../../cloud-ingest/quality/flag.ts";
import type { Judgement } from "../../../cloud-ingest/quality/judge-panel.ts";
import { type Panel, SLOTS } from "../../../cloud-ingest/quality/panel.ts";
import type { Fault, Injected } from "./faults.ts";

/** Dates by what was injected and what was flagged as a device fault. */
export interface Score {
  truePositives: number;
  falsePositives: number;
  missed: number;
  /** False dates that are flagged without anything injected as well. */
  alwaysFlagged: number;
  deviceDays: number;
  /** Dates found and injected, by fault. */
  readonly byFault: Map<Fault, { found: number; all: number }>;
  /** False dates by the rule that raised them. */
  readonly falseByRule: Map<string, number>;
}

export interface ScoreOptions {
  readonly injected: readonly Injected[];
  readonly isJudged?: (name: string) => boolean;
  /** What is flagged in the same panel with nothing injected. */
  readonly clean?: Judgement;
}

export const emptyScore = (): Score => ({
  truePositives: 0,
  falsePositives: 0,
  missed: 0,
  alwaysFlagged: 0,
  deviceDays: 0,
  byFault: new Map(),
  falseByRule: new Map(),
});

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

export function scoreOf(panel: Panel, { flags }: Judgement, { injected, isJudged, clean }: ScoreOptions): Score {
  const score = emptyScore();
  const perDay = SLOTS[panel.step];
  panel.names.forEach((name, series) => {
    if (isJudged && !isJudged(name)) return;
    const rules = deviceDays(panel, flags, name);
    const always = clean ? deviceDays(panel, clean.flags, name) : [];
    const truth = truthOf(panel, injected, series);
    for (let day = 0; day < panel.days; day++) {
      if (isEmpty(panel.values[series]!, day * perDay, (day + 1) * perDay)) continue;
      scoreDay(score, { fault: truth[day], rule: rules[day], isAlways: always[day] !== undefined });
    }
  });
  return score;
}

function scoreDay(
  score: Score,
  { fault, rule, isAlways }: { fault?: Fault | undefined; rule?: string | undefined; isAlways: boolean },
): void {
  score.deviceDays++;
  if (fault) {
    const sum = score.byFault.get(fault) ?? { found: 0, all: 0 };
    score.byFault.set(fault, { found: sum.found + (rule ? 1 : 0), all: sum.all + 1 });
    if (rule) score.truePositives++;
    else score.missed++;
  } else if (rule) {
    score.falsePositives++;
    if (isAlways) score.alwaysFlagged++;
    score.falseByRule.set(rule, (score.falseByRule.get(rule) ?? 0) + 1);
  }
}

/** Adds a part to a total. */
export function add(total: Score, part: Score): void {
  total.truePositives += part.truePositives;
  total.falsePositives += part.falsePositives;
  total.missed += part.missed;
  total.alwaysFlagged += part.alwaysFlagged;
  total.deviceDays += part.deviceDays;
  for (const [fault, { found, all }] of part.byFault) {
    const sum = total.byFault.get(fault) ?? { found: 0, all: 0 };
    total.byFault.set(fault, { found: sum.found + found, all: sum.all + all });
  }
  for (const [rule, dates] of part.falseByRule) total.falseByRule.set(rule, (total.falseByRule.get(rule) ?? 0) + dates);
}

function truthOf(panel: Panel, injected: readonly Injected[], series: number): (Fault | undefined)[] {
  const truth: (Fault | undefined)[] = new Array(panel.days).fill(undefined);
  for (const one of injected) if (one.series === series) truth.fill(one.fault, one.from, one.to);
  return truth;
}

const isEmpty = (values: Float64Array, from: number, to: number) => values.subarray(from, to).every(Number.isNaN);

export const precision = ({ truePositives, falsePositives }: Score) => truePositives / (truePositives + falsePositives);
export const recall = ({ truePositives, missed }: Score) => truePositives / (truePositives + missed);
