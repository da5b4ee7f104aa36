import { imputePanel } from "../../../cloud-ingest/quality/impute/impute-panel.ts";
import type { Panel } from "../../../cloud-ingest/quality/panel.ts";
import type { BenchResult } from "../result.ts";
import { type GapClass, makeGaps, masks, randomFrom } from "./made-gaps.ts";
import { PEERS } from "./peers.ts";
import { fukui, melbourne4, melbourne39 } from "./real-panels.ts";
import { addImputed, Score } from "./score.ts";
import { speedLines } from "./speed.ts";
import { thinned } from "./thin.ts";

const HOURLY: readonly GapClass[] = [
  { name: "3 h", slots: 3 },
  { name: "1 day", slots: 24 },
  { name: "7 days", slots: 168 },
];
const DAILY: readonly GapClass[] = [
  { name: "1 day", slots: 1 },
  { name: "3 days", slots: 3 },
  { name: "7 days", slots: 7 },
];
const PER_SERIES = 2;
const SEED = 20260827;

interface Case {
  readonly name: string;
  readonly panel: Panel;
  readonly classes: readonly GapClass[];
  readonly rounds: number;
}

/** Gaps at random hours with truth, filled by `imputePanel` and by the peers in one run; "chosen" names what constants saw. */
export async function runImputeBench(only = ""): Promise<BenchResult[]> {
  const results = cases()
    .filter(({ name }) => name.includes(only))
    .map((each) => ({ name: each.name, lines: linesOf(each) }));
  return "speed".includes(only) ? [...results, { name: "impute: speed", lines: speedLines() }] : results;
}

function cases(): Case[] {
  const chosen = melbourne39("2012-01-01", "2013-10-20");
  const judged = melbourne39("2013-10-21", "2015-02-28");
  const shops = [5, 20, 50].flatMap((perHour) => [
    {
      name: `impute: chosen, shops of ${perHour} an hour, 2012-13`,
      panel: thinned(chosen, perHour, randomFrom(perHour)),
      rounds: 2,
    },
    {
      name: `impute: judged, shops of ${perHour} an hour, 2013-15`,
      panel: thinned(judged, perHour, randomFrom(perHour)),
      rounds: 2,
    },
  ]);
  return [
    { name: "impute: chosen, Melbourne 17, 2012-13", panel: chosen, classes: HOURLY, rounds: 6 },
    { name: "impute: judged, Melbourne 28, 2013-15", panel: judged, classes: HOURLY, rounds: 6 },
    { name: "impute: judged, Melbourne 4, 2015-16", panel: melbourne4(), classes: HOURLY, rounds: 12 },
    {
      name: "impute: chosen, Fukui faces and plates, daily",
      panel: fukui(["Face", "LicensePlate"]),
      classes: DAILY,
      rounds: 30,
    },
    { name: "impute: judged, Fukui people, daily", panel: fukui(["Person"]), classes: DAILY, rounds: 60 },
    ...shops.map((each) => ({ ...each, classes: HOURLY })),
  ];
}

function linesOf({ panel, classes, rounds }: Case): string[] {
  return ["gap      WAPE %   bias %  covered   peers, WAPE %", ...classes.map((each) => lineOf(panel, each, rounds))];
}

function lineOf(panel: Panel, { name, slots }: GapClass, rounds: number): string {
  const random = randomFrom(SEED + slots);
  const own = new Score();
  const peers = Object.entries(PEERS).map(([peer, fill]) => ({ peer, fill, score: new Score() }));
  for (let round = 0; round < rounds; round++) {
    const gaps = makeGaps(panel, slots, PER_SERIES, random);
    const isMissing = masks(panel, gaps);
    addImputed(own, panel, imputePanel(panel, isMissing), gaps);
    for (const gap of gaps) {
      for (const { fill, score } of peers) {
        fill(panel, isMissing, gap).forEach(
          (value, at) => void score.add(panel.values[gap.series]![gap.from + at]!, value),
        );
      }
    }
  }
  const others = peers.map(({ peer, score }) => `${peer} ${score.wape.toFixed(1)}`).join(", ");
  const numbers = `${own.wape.toFixed(2).padStart(6)}  ${own.bias.toFixed(1).padStart(6)}   ${own.coverage.toFixed(3)}`;
  return `${name.padEnd(7)}  ${numbers}     ${others}`;
}
