import type { MotScore } from "../../../edge-agent/mot/score/mot-score.ts";
import type { BenchResult } from "../result.ts";
import { thinnedLines } from "./crossings.ts";
import { crowdLines } from "./crowds.ts";
import { fieldLines } from "./field/field.ts";
import { missingForPeers, type Peer, peersOn } from "./peers.ts";
import { scoreOf, scoreOnTruth } from "./run-tracker.ts";
import { hasSequences, readSequences, type Sequence } from "./sequences.ts";
import { speedLine } from "./speed.ts";
import { leaveOneOut } from "./sweep.ts";
import { Shop, STILL, tenThings } from "./things.ts";

type Note = (text: string) => void;

const FIGURES = ["hota", "idf1", "mota"] as const;
const ABSENT = "The films with true tracks are not beside this checkout (../shared/data/mot): not measured.";

interface PerceptionOptions {
  readonly sweep: boolean;
  readonly pace: () => Promise<BenchResult>;
  /** The same way as one writes it in Python. */
  readonly beside: () => Promise<readonly string[]>;
}

/** How well people are followed and counted; with `sweep` also with constants that were chosen on other films. `pace`: speed of the way from a video. */
export async function runPerceptionBench(
  note: Note,
  { sweep, pace, beside }: PerceptionOptions,
): Promise<readonly BenchResult[]> {
  const things = { name: "Things that never moved", lines: thingLines() };
  const crowds = { name: "A line and a crowd", lines: crowdLines() };
  const { name, lines } = await pace();
  const speed = { name: "Speed", lines: [speedLine(), name, ...lines, ...(await beside())] };
  const field = { name: "Shops, a hall and a street, end to end at 10 pictures a second", lines: await fieldLines() };
  if (!hasSequences()) return [{ name: "Films", lines: [ABSENT] }, field, things, crowds, speed];
  const films = await readSequences();
  const missing = await missingForPeers();
  const peers = await Promise.all(films.map((film) => (missing ? [] : peersOn(film))));
  const [pets] = films;
  return [
    {
      name: "Tracks of the public detections: HOTA, IDF1, MOTA",
      lines: [...trackLines(films, peers), ...(missing ? [missing] : [])],
    },
    ...(sweep
      ? [{ name: "The same, constants chosen on the other films", lines: leftOutLines(films, peers, note) }]
      : []),
    { name: "True boxes", lines: truthLines(films) },
    { name: "Crossings of PETS09-S2L1, thinned", lines: pets ? await thinnedLines(pets) : [] },
    field,
    things,
    crowds,
    speed,
  ];
}

const trackLines = (films: readonly Sequence[], peers: readonly Peer[][]) =>
  films.map((film, k) => lineOf(film.name, scoreOf(film), peers[k] ?? []));

function leftOutLines(films: readonly Sequence[], peers: readonly Peer[][], note: Note): string[] {
  return leaveOneOut(films, note).map(({ name, score }, k) => lineOf(name, score, peers[k] ?? []));
}

/** Each figure, and what it is of the best peer's. */
function lineOf(name: string, score: MotScore, peers: readonly Peer[]): string {
  const figures = FIGURES.map((figure) => {
    const best = Math.max(...peers.map((peer) => peer[figure]));
    const ratio = peers.length === 0 ? "" : ` (${(score[figure] / best).toFixed(2)} x)`;
    return `${score[figure].toFixed(3)}${ratio}`;
  });
  return `${name.padEnd(14)} ${figures.join("  ")}`;
}

function truthLines(films: readonly Sequence[]): string[] {
  const scores = films.map((film) => scoreOnTruth(film));
  const mean = scores.reduce((sum, { hota }) => sum + hota, 0) / scores.length;
  const lines = films.map(
    ({ name }, k) => `${name.padEnd(14)} HOTA ${scores[k]?.hota.toFixed(3)}, ${scores[k]?.switches} switches`,
  );
  return [...lines, `mean HOTA ${mean.toFixed(3)}`];
}

function thingLines(): string[] {
  const cases = [...STILL, { name: "ten things for a day and a night", toS: 86_400, show: tenThings() }];
  return cases.map(({ name, toS, show }) => {
    const shop = new Shop();
    shop.watch({ fromS: 0, toS, fps: 5 }, show);
    const [zone] = shop.close().zones;
    return `${name}: ${zone?.visits} visits, ${zone?.stops} stops`;
  });
}
