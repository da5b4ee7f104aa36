import Value from "typebox/value";
import { TrackerConfig } from "../../firmware-config/config/tracker.ts";
import { createDetections, type Detections } from "../detector/detections.ts";
import { MAX_DETECTIONS, Tracker } from "../tracker/tracker.ts";
import { type MotRows, readMotRows } from "./mot-rows.ts";
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
}

/** Runs the tracker alone over a file of detections, frame by frame as a camera would, and writes its tracks. */
export async function trackFile(options: TrackFileOptions): Promise<TrackFileResult> {
  const { fps, width, height } = options;
  const rows = await readMotRows(options.detectionsPath, "detections");
  const tracker = new Tracker(options.config ?? Value.Parse(TrackerConfig, Value.Default(TrackerConfig, {})), {
    width,
    height,
  });
  const detections = createDetections(MAX_DETECTIONS);
  const writer = await TrackWriter.open(options.outPath);
  const frames = rows.frames[rows.count - 1] ?? 0;
  const ids = new Set<number>();
  let next = 0;
  for (let frame = 1; frame <= frames; frame++) {
    next = fillDetections(detections, rows, { frame, next });
    const tracks = tracker.update(detections, frame / fps);
    for (let i = 0; i < tracks.count; i++) ids.add(tracks.ids[i] ?? 0);
    writer.add(frame, tracks);
  }
  await writer.close();
  return { frames, tracks: ids.size };
}

/** Copies the detections of `frame`, whose first row is `next`, and returns the row after them. */
function fillDetections(detections: Detections, rows: MotRows, at: { frame: number; next: number }): number {
  let { next } = at;
  detections.count = 0;
  for (; next < rows.count && rows.frames[next] === at.frame; next++) {
    if (detections.count === MAX_DETECTIONS) continue;
    detections.boxes.set(rows.boxes.subarray(4 * next, 4 * next + 4), 4 * detections.count);
    detections.scores[detections.count] = rows.scores[next] ?? 0;
    detections.count++;
  }
  return next;
}
