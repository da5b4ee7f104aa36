import { imputePanel } from "../../../cloud-ingest/quality/impute/impute-panel.ts";
import { type Panel, SLOTS } from "../../../cloud-ingest/quality/panel.ts";
import { seededRandom } from "../../../firmware-config/kit/seeded-random.ts";
import type { BenchResult } from "../result.ts";
import { type GapClass, type MadeGap, makeGaps, masks } from "./made-gaps.ts";
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
/** Gaps of a few slots say less each, so there are more of them. */
const SHORT = 3;
const SEED = 20260827;

interface Case {
  readonly name: string;
  readonly panel: Panel;
  readonly classes: readonly GapClass[];
  readonly rounds: number;
  /** Which gaps are made; left out, all. */
  readonly isAsked?: (gap: MadeGap) => boolean;
}

/** Gaps at random hours with truth, filled by `imputePanel` and by the peers in one run; "chosen" names what constants saw. */
export async function runImputeBench(only = ""): Promise<BenchResult[]> {
  const results = cases()
    .filter(({ name }) => name.includes(only))
    .map((each) => ({ name: `impute: ${each.name}`, lines: linesOf(each) }));
  return "speed".includes(only) ? [...results, { name: "impute: speed", lines: speedLines() }] : results;
}

function cases(): Case[] {
  const chosen = melbourne39("2012-01-01", "2013-10-20");
  const judged = melbourne39("2013-10-21", "2015-02-28");
  const isUnseen = ({ series }: MadeGap) => !chosen.names.includes(judged.names[series]!);
  const shops = [5, 20, 50].flatMap((perHour) => [
    { name: `chosen, shops of ${perHour} an hour, 2012-13`, panel: thinned(chosen, perHour, seededRandom(perHour)) },
    { name: `judged, shops of ${perHour} an hour, 2013-15`, panel: thinned(judged, perHour, seededRandom(perHour)) },
  ]);
  return [
    { name: "chosen, Melbourne 17, 2012-13", panel: chosen, classes: HOURLY, rounds: 2 },
    { name: "judged, Melbourne 28, 2013-15", panel: judged, classes: HOURLY, rounds: 4 },
    {
      name: "judged, the 14 of them that no constant saw",
      panel: judged,
      classes: HOURLY,
      rounds: 4,
      isAsked: isUnseen,
    },
    { name: "judged, the 28 without holidays", panel: judged, classes: HOURLY, rounds: 4, isAsked: isOrdinary(judged) },
    { name: "judged, Melbourne 4, 2015-16", panel: melbourne4(), classes: HOURLY, rounds: 12 },
    {
      name: "chosen, Fukui faces and plates, daily",
      panel: fukui(["Face", "LicensePlate"]),
      classes: DAILY,
      rounds: 20,
    },
    { name: "judged, Fukui people, daily", panel: fukui(["Person"]), classes: DAILY, rounds: 40 },
    ...shops.map((each) => ({ ...each, classes: HOURLY, rounds: 1 })),
  ];
}

/** Whether no day of a gap has a note. */
function isOrdinary(panel: Panel): (gap: MadeGap) => boolean {
  const perDay = SLOTS[panel.step];
  const dateOf = (slot: number) =>
    new Date(Date.parse(panel.from) + Math.floor(slot / perDay) * 86_400_000).toISOString();
  return ({ from, to }) => {
    for (let slot = from; slot < to; slot++) if (panel.notes.has(dateOf(slot).slice(0, 10))) return false;
    return true;
  };
}

const HEAD = "gap      WAPE %   bias %  covered  slots   peers, WAPE %";

const linesOf = (each: Case) => [HEAD, ...each.classes.map((gapClass) => lineOf(each, gapClass))];

function lineOf({ panel, rounds, isAsked = () => true }: Case, { name, slots }: GapClass): string {
  const random = seededRandom(SEED + slots);
  const own = new Score();
  const peers = Object.entries(PEERS).map(([peer, fill]) => ({ peer, fill, score: new Score() }));
  for (let round = 0; round < (slots === 3 ? SHORT * rounds : rounds); round++) {
    const gaps = makeGaps(panel, slots, PER_SERIES, random).filter(isAsked);
    const isMissing = masks(panel, gaps);
    addImputed(own, panel, imputePanel(panel, isMissing), gaps);
    for (const gap of gaps)
      for (const { fill, score } of peers) addPeer(score, panel, gap, fill(panel, isMissing, gap));
  }
  const others = peers.map(({ peer, score }) => `${peer} ${score.wape.toFixed(1)}`).join(", ");
  const numbers = `${own.wape.toFixed(2).padStart(6)}  ${own.bias.toFixed(1).padStart(6)}   ${own.coverage.toFixed(3)}`;
  return `${name.padEnd(7)}  ${numbers}  ${String(own.slots).padStart(6)}   ${others}`;
}

function addPeer(score: Score, panel: Panel, { series, from }: MadeGap, values: Float64Array): void {
  for (const [at, value] of values.entries()) score.add(panel.values[series]![from + at]!, value);
}
