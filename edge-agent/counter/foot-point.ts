import type { TrackRows } from "../tracker/tracks.ts";

/** Size of the source picture, pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Where a person stands: bottom centre of the box within the picture, and the height of the box, in pixels; reused. */
export interface FootPoint {
  x: number;
  y: number;
  height: number;
}

/** Writes the foot point of track i to `foot`. */
export function readFootPoint(tracks: TrackRows, i: number, picture: PictureSize, foot: FootPoint): void {
  const at = 4 * i;
  const x = (tracks.boxes[at]! + tracks.boxes[at + 2]!) / 2;
  foot.x = Math.max(0, Math.min(picture.width, x));
  foot.y = Math.max(0, Math.min(picture.height, tracks.boxes[at + 3]!));
  foot.height = Math.max(1, tracks.boxes[at + 3]! - tracks.boxes[at + 1]!);
}
