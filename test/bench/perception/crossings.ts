import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Counter, type CounterTotals } from "../../../edge-agent/counter/counter.ts";
import type { MotRows } from "../../../edge-agent/mot/mot-rows.ts";
import { frameRows } from "../../../edge-agent/mot/score/boxes.ts";
import { trackRows } from "../../../edge-agent/mot/track-rows.ts";
import { Tracker } from "../../../edge-agent/tracker/tracker.ts";
import { createTracks } from "../../../edge-agent/tracker/tracks.ts";
import { LineConfig } from "../../../firmware-config/config/geometry.ts";
import { withDefaults } from "../../../firmware-config/config/with-defaults.ts";
import { DEFAULTS } from "./run-tracker.ts";
import type { Sequence } from "./sequences.ts";
import { varied } from "./variants.ts";

/** The film's own lines, with a shop's defaults. */
async function linesOf({ folder, picture }: Sequence): Promise<LineConfig[]> {
  const lines: { id: string; from: number[]; to: number[] }[] = JSON.parse(
    await readFile(join(folder, "lines.json"), "utf8"),
  );
  const unit = ([x = 0, y = 0]: number[]) => [x / picture.width, y / picture.height];
  return lines.map(({ id, from, to }) => withDefaults(LineConfig, { id, from: unit(from), to: unit(to) }));
}

/** Crossings counted live, at every so many-th picture, against those of the true tracks at the film's own rate. */
export async function thinnedLines(sequence: Sequence): Promise<string[]> {
  const lines = await linesOf(sequence);
  const truth = countTruth(sequence.truth, sequence, lines);
  return [1, 2, 3, 4].map((every) => {
    const film = every === 4 ? thinned(sequence, every) : varied(sequence, { every });
    const counter = new Counter(lines, [], film.picture);
    const tracker = new Tracker(DEFAULTS.config, film.picture);
    trackRows(film.detections, { tracker, fps: film.fps }, ({ atS }, tracks) => counter.update(tracks, atS));
    counter.finish();
    const rate = film.fps.toFixed(2).padStart(5);
    const wrong = difference(counter.totals(), truth);
    return `${rate} pictures a second: ${sumOf(counter.totals())} crossings of ${sumOf(truth)}, ${wrong} wrong by line and direction`;
  });
}

/** Slower than the tracker is for by a little. */
function thinned(sequence: Sequence, every: number): Sequence {
  return { ...varied({ ...sequence, fps: 10 * sequence.fps }, { every }), fps: sequence.fps / every };
}

function countTruth(rows: MotRows, { fps, picture }: Sequence, lines: readonly LineConfig[]): CounterTotals {
  const counter = new Counter(lines, [], picture);
  const tracks = createTracks(256);
  for (const { frame, from, to } of frameRows(rows)) {
    tracks.count = to - from;
    tracks.ids.set(rows.ids.subarray(from, to));
    tracks.boxes.set(rows.boxes.subarray(4 * from, 4 * to));
    counter.update(tracks, frame / fps);
  }
  counter.finish();
  return counter.totals();
}

const sumOf = ({ lines }: CounterTotals) => lines.reduce((sum, line) => sum + line.in + line.out, 0);

const difference = (a: CounterTotals, b: CounterTotals) =>
  a.lines.reduce((sum, line, i) => {
    return sum + Math.abs(line.in - b.lines[i]!.in) + Math.abs(line.out - b.lines[i]!.out);
  }, 0);
