import type { LineConfig } from "../../../firmware-config/config/geometry.ts";
import { countFile } from "../count-file.ts";
import { readMotRows } from "../mot-rows.ts";
import { type MotScore, motScore } from "./mot-score.ts";

export interface ScoreFileOptions {
  /** Tracks of the truth, as MOTChallenge writes them. */
  readonly truthPath: string;
  /** Tracks that were found. */
  readonly tracksPath: string;
  /** Frames per second of both. */
  readonly fps: number;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly LineConfig[];
}

/** Crossings of a line by the true tracks and by the found ones. */
export interface LineError {
  readonly id: string;
  readonly trueIn: number;
  readonly foundIn: number;
  readonly trueOut: number;
  readonly foundOut: number;
  /** By how many crossings both directions are off together. */
  readonly wrong: number;
}

export interface FileScore extends MotScore {
  readonly lines: readonly LineError[];
}

/** How well tracks agree with the truth; the same counter counts both, so a difference is the tracks'. */
export async function scoreFile({ truthPath, tracksPath, ...scene }: ScoreFileOptions): Promise<FileScore> {
  const truth = await readMotRows(truthPath, "tracks");
  const found = await readMotRows(tracksPath, "tracks");
  const score = motScore(truth, found);
  const counted = { fps: scene.fps, width: scene.width, height: scene.height, lines: scene.lines, zones: [] };
  const [real, seen] = await Promise.all([
    countFile({ ...counted, tracksPath: truthPath }),
    countFile({ ...counted, tracksPath }),
  ]);
  const lines = real.lines.map(({ id, in: trueIn, out: trueOut }, i) => {
    const { in: foundIn = 0, out: foundOut = 0 } = seen.lines[i] ?? {};
    const wrong = Math.abs(trueIn - foundIn) + Math.abs(trueOut - foundOut);
    return { id, trueIn, foundIn, trueOut, foundOut, wrong };
  });
  return { ...score, lines };
}
