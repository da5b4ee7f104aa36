import type { LineConfig, ZoneConfig } from "../../firmware-config/config/geometry.ts";
import { Counter, type CounterTotals } from "../counter/counter.ts";
import { createTracks, type Tracks } from "../tracker/tracks.ts";
import { largestFrame, type MotRows, readMotRows } from "./mot-rows.ts";

export interface CountFileOptions {
  readonly tracksPath: string;
  readonly fps: number;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly LineConfig[];
  readonly zones: readonly ZoneConfig[];
}

export interface CountFileResult extends CounterTotals {
  /** Last frame of the file. */
  readonly frames: number;
  /** What a reader of the numbers should know: sentences, without an end. */
  readonly warnings: readonly string[];
}

/** Runs the counters alone over a file of tracks, frame by frame as a camera would. */
export async function countFile(options: CountFileOptions): Promise<CountFileResult> {
  const { fps, width, height, lines, zones } = options;
  const rows = await readMotRows(options.tracksPath, "tracks");
  const counter = new Counter(lines, zones, { width, height });
  const tracks = createTracks(Math.max(1, largestFrame(rows)));
  const lastFrames = lastFrameOf(rows);
  const frames = rows.frames[rows.count - 1] ?? 0;
  let next = 0;
  for (let frame = 1; frame <= frames; frame++) {
    endTracks(tracks, lastFrames, frame);
    next = fillTracks(tracks, rows, { frame, next });
    counter.update(tracks, frame / fps);
  }
  counter.finish();
  return { frames, warnings: warningsOf(rows, { width, height }), ...counter.totals() };
}

function warningsOf(rows: MotRows, picture: { readonly width: number; readonly height: number }): string[] {
  if (rows.count === 0) return ["the file has no tracks"];
  let outside = 0;
  for (let i = 0; i < rows.count; i++) {
    const footX = ((rows.boxes[4 * i] ?? 0) + (rows.boxes[4 * i + 2] ?? 0)) / 2;
    if (footX < 0 || footX > picture.width || (rows.boxes[4 * i + 1] ?? 0) > picture.height) outside++;
  }
  if (outside * 2 < rows.count) return [];
  return [`${outside} of ${rows.count} boxes stand outside a picture of ${picture.width}x${picture.height} pixels`];
}

/** The last frame of each id: a file, unlike a camera, knows when a track is over. */
function lastFrameOf(rows: MotRows): Map<number, number> {
  const last = new Map<number, number>();
  for (let i = 0; i < rows.count; i++) last.set(rows.ids[i] ?? 0, rows.frames[i] ?? 0);
  return last;
}

/** Marks the tracks of the frame before as ended that are in no later frame. */
function endTracks(tracks: Tracks, lastFrames: ReadonlyMap<number, number>, frame: number): void {
  tracks.endedCount = 0;
  for (let i = 0; i < tracks.count; i++) {
    const id = tracks.ids[i] ?? 0;
    if ((lastFrames.get(id) ?? 0) < frame) tracks.endedIds[tracks.endedCount++] = id;
  }
}

/** Copies the tracks of `frame`, whose first row is `next`, and returns the row after them. */
function fillTracks(tracks: Tracks, rows: MotRows, at: { frame: number; next: number }): number {
  let { next } = at;
  tracks.count = 0;
  for (; next < rows.count && rows.frames[next] === at.frame; next++) {
    tracks.ids[tracks.count] = rows.ids[next] ?? 0;
    tracks.boxes.set(rows.boxes.subarray(4 * next, 4 * next + 4), 4 * tracks.count);
    tracks.scores[tracks.count] = rows.scores[next] ?? 0;
    tracks.count++;
  }
  return next;
}
