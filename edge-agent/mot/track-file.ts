import { TrackerConfig } from "../../firmware-config/config/tracker.ts";
import { withDefaults } from "../../firmware-config/config/with-defaults.ts";
import { assertApart } from "../../firmware-config/kit/apart.ts";
import { Tracker } from "../tracker/tracker.ts";
import { invalidFile, type MotRows, readMotRows } from "./mot-rows.ts";
import { trackRows } from "./track-rows.ts";
import { TrackWriter } from "./track-writer.ts";

export interface TrackFileOptions {
  readonly detectionsPath: string;
  readonly fps: number;
  readonly width: number;
  readonly height: number;
  readonly outPath: string;
  /** Default: the configuration's defaults. */
  readonly config?: TrackerConfig;
}

export interface TrackFileResult {
  /** Last frame of the file. */
  readonly frames: number;
  /** Distinct people. */
  readonly tracks: number;
  /** What a reader of the numbers should know: sentences, without an end. */
  readonly warnings: readonly string[];
}

/**
 * Runs the tracker alone over a file of detections, frame by frame as a camera would, and writes its tracks. Throws
 * `TRACKS_INVALID` also for a file of which the tracker can use nothing.
 */
export async function trackFile(options: TrackFileOptions): Promise<TrackFileResult> {
  const { fps, width, height, detectionsPath } = options;
  await assertApart([{ option: "--out", path: options.outPath }], [{ option: "--detections", path: detectionsPath }]);
  const rows = await readMotRows(detectionsPath, "detections");
  const config = options.config ?? withDefaults(TrackerConfig, {});
  const picture = { width, height };
  checkUsable(rows, config, { path: detectionsPath, picture });
  const tracker = new Tracker(config, picture);
  const writer = await TrackWriter.open(options.outPath);
  const ids = new Set<number>();
  const frames = trackRows(rows, { tracker, fps }, (at, tracks) => {
    for (let i = 0; i < tracks.count; i++) ids.add(tracks.ids[i] ?? 0);
    writer.add(at, tracks);
  });
  await writer.close();
  return { frames, tracks: ids.size, warnings: warningsOf(rows, ids.size, config) };
}

interface DetectionsFile {
  readonly path: string;
  readonly picture: { readonly width: number; readonly height: number };
}

/** A new person needs `newTrackScore`: without one such score, or with no box in the picture, there is nothing to track. */
function checkUsable(rows: MotRows, { newTrackScore }: TrackerConfig, { path, picture }: DetectionsFile): void {
  const { width, height } = picture;
  const best = rows.scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
  if (best < newTrackScore)
    throw invalidFile(
      path,
      `no row has a score of ${newTrackScore} or more, which a person needs; the best is ${Number(best.toPrecision(4))}`,
    );
  const isInside = (i: number) =>
    (rows.boxes[4 * i] ?? 0) < width &&
    (rows.boxes[4 * i + 1] ?? 0) < height &&
    (rows.boxes[4 * i + 2] ?? 0) > 0 &&
    (rows.boxes[4 * i + 3] ?? 0) > 0;
  if (!rows.scores.some((_, i) => isInside(i)))
    throw invalidFile(path, `no box lies in a picture of ${width}x${height} pixels`);
}

function warningsOf(rows: MotRows, tracks: number, { confirmS, newTrackScore }: TrackerConfig): string[] {
  const most = rows.scores.reduce((best, score) => Math.max(best, score), 0);
  const scale = `scores go up to ${Number(most.toPrecision(4))}; they are taken as 0..1, so all above ${newTrackScore} count as sure`;
  const none = `nobody was followed for ${confirmS} s; check the frame rate and the frame numbers`;
  return [...(most > 1 ? [scale] : []), ...(tracks === 0 ? [none] : [])];
}
