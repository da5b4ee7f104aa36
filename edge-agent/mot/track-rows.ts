import { createDetections, type Detections } from "../detector/detections.ts";
import { MAX_DETECTIONS, type Tracker } from "../tracker/tracker.ts";
import type { Tracks } from "../tracker/tracks.ts";
import type { MotRows } from "./mot-rows.ts";

/** Looks at the tracks of one frame; they are valid only meanwhile. */
export type VisitFrame = (at: { readonly frame: number; readonly atS: number }, tracks: Tracks) => void;

/** Shows a file's detections to a tracker, frame by frame as a camera would; the last frame. */
export function trackRows(
  rows: MotRows,
  { tracker, fps }: { tracker: Tracker; fps: number },
  visit: VisitFrame,
): number {
  const detections = createDetections(MAX_DETECTIONS);
  const frames = rows.frames[rows.count - 1] ?? 0;
  let next = 0;
  for (let frame = 1; frame <= frames; frame++) {
    next = fillDetections(detections, rows, { frame, next });
    const atS = frame / fps;
    visit({ frame, atS }, tracker.update(detections, atS));
  }
  return frames;
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
