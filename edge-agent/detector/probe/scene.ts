import { DRAWN_BOXES } from "./drawn-people.ts";
import type { FrameSize } from "./verdict.ts";

/** The picture with two people. */
export const PEOPLE = "two drawn people";
/** Side of the drawn scene, pixels. */
const SCENE_PX = 300;

/** Where the drawn people stand in a frame of that size: left, top, right, bottom in pixels. */
export function sceneBoxes(frame: FrameSize): number[][] {
  const { left, top } = sceneAt(frame);
  return DRAWN_BOXES.map(([x0, y0, x1, y1]) => [x0 + left, y0 + top, x1 + left, y1 + top]);
}

/** The scene is in the middle. */
export function sceneAt({ width, height }: FrameSize): { readonly left: number; readonly top: number } {
  return { left: Math.floor((width - SCENE_PX) / 2), top: Math.floor((height - SCENE_PX) / 2) };
}
