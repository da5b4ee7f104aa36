import { judgePanel } from "../../../cloud-ingest/quality/judge-panel.ts";
import type { Panel } from "../../../cloud-ingest/quality/panel.ts";
import { FAULTS, type Fault, inject, reverse, withDirections } from "./faults.ts";
import { Random } from "./random.ts";
import { add, emptyScore, precision, recall, type Score, scoreOf } from "./score.ts";

const SEEDS = [11, 12, 13];
const LINES = 8;
const COLUMNS: readonly Fault[] = [...FAULTS, "reversed"];

/** What is injected into and which of its series are judged. */
export interface Group {
  readonly name: string;
  readonly panel: Panel;
  readonly isJudged?: (name: string) => boolean;
}

/** A row per group: precision, recall, recall of each fault, false dates by rule, and false dates without the real faults of the data. */
export function injectedTable(groups: readonly Group[]): string[] {
  const head = `${"".padEnd(46)} precision  (net)  recall  ${COLUMNS.map((fault) => fault.padStart(8)).join(" ")}`;
  return [head, ...groups.flatMap(rowsOf)];
}

function rowsOf(group: Group): string[] {
  const score = scoreGroup(group);
  const found = COLUMNS.map((fault) => {
    const sum = score.byFault.get(fault);
    return (sum ? (sum.found / sum.all).toFixed(2) : "-").padStart(8);
  });
  const numbers = [
    precision(score).toFixed(3).padStart(9),
    netPrecision(score).toFixed(3).padStart(6),
    recall(score).toFixed(3).padStart(6),
  ];
  const wrong = [...score.falseByRule].map(([rule, dates]) => `${rule} ${dates}`).join(", ");
  return [
    `${group.name.padEnd(46)} ${numbers.join("  ")}  ${found.join(" ")}`,
    `    false dates of ${score.deviceDays}: ${wrong}`,
  ];
}

/** Dates that are flagged without anything injected are the data's own faults, or ours; they count in `precision` and not here. */
const netPrecision = ({ truePositives, falsePositives, alwaysFlagged }: Score) =>
  truePositives / (truePositives + falsePositives - alwaysFlagged);

function scoreGroup({ panel, isJudged = () => true }: Group): Score {
  const clean = judgePanel(panel);
  const total = emptyScore();
  const faults = FAULTS.filter((fault) => fault !== "clock" || panel.step === "hour");
  for (const seed of SEEDS) {
    const { panel: damaged, injected } = inject(panel, new Random(seed), faults);
    add(total, scoreOf(damaged, judgePanel(damaged), { injected, isJudged, clean }));
  }
  if (panel.step === "hour") add(total, scoreReversed(panel, isJudged));
  return total;
}

/** Only the faults of this one table are added: its precision is that of eight lines in their own panel. */
function scoreReversed(panel: Panel, isJudged: (name: string) => boolean): Score {
  const names = panel.names.filter(isJudged).slice(0, LINES);
  const chosen = { ...panel, names, values: names.map((name) => panel.values[panel.names.indexOf(name)]!) };
  const lines = withDirections(chosen, new Random(21));
  const clean = judgePanel(lines);
  const { panel: damaged, injected } = reverse(lines, new Random(22));
  return scoreOf(damaged, judgePanel(damaged), { injected, clean });
}
