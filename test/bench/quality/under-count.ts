import { judgePanel } from "../../../cloud-ingest/quality/judge-panel.ts";
import { type Panel, SLOTS } from "../../../cloud-ingest/quality/panel.ts";
import { withSeries } from "./data.ts";
import { damage } from "./faults.ts";
import { Random } from "./random.ts";
import { deviceDays } from "./score.ts";

const TRIALS = 14;
const AT_ONCE = 2;
const WITHIN_DAYS = 10;
const WARM_UP = 120;
/** Dates known after the onset, at each look. */
const LOOKS = [3, 5, 7, WITHIN_DAYS];

/** Share of -30 % faults that are flagged when nothing is known after their tenth date, and the median date on which they first are. */
export function underCountLine(name: string, panel: Panel): string {
  const random = new Random(31);
  const delays: number[] = [];
  for (let trial = 0; trial < TRIALS; trial++) {
    const onset = random.between(WARM_UP, panel.days - WITHIN_DAYS - 1);
    const chosen = Array.from({ length: AT_ONCE }, (_, i) => (trial * AT_ONCE + i * 7) % panel.names.length);
    delays.push(...delaysOf(panel, onset, [...new Set(chosen)]));
  }
  const found = delays.filter((delay) => delay <= WITHIN_DAYS).sort((a, b) => a - b);
  const median = found[found.length >> 1] ?? "-";
  return `${name.padEnd(46)} ${(found.length / delays.length).toFixed(2)} of ${delays.length} cases; median ${median} days`;
}

/** Days after which each fault is flagged, with only what was known then; Infinity when not within ten. */
function delaysOf(panel: Panel, onset: number, chosen: readonly number[]): number[] {
  const delays = chosen.map(() => Number.POSITIVE_INFINITY);
  for (const days of LOOKS) {
    const cut = upTo(panel, onset + days);
    for (const series of chosen)
      damage(cut.values[series]!, { fault: "half", perDay: SLOTS[panel.step], from: onset, to: onset + days });
    const { flags } = judgePanel(cut);
    chosen.forEach((series, i) => {
      const rules = deviceDays(cut, flags, cut.names[series]!).slice(onset);
      if (rules.some((rule) => rule !== undefined)) delays[i] = Math.min(delays[i]!, days);
    });
  }
  return delays;
}

function upTo(panel: Panel, days: number): Panel {
  const values = panel.values.map((series) => series.slice(0, days * SLOTS[panel.step]));
  return { ...withSeries(panel, panel.names, values), days };
}
