import { iou } from "../nms.ts";
import { sceneBoxes } from "./scene.ts";
import type { FrameSize } from "./verdict.ts";

/** The box that a model is surest of on the picture of the drawn people. */
export interface BestBox {
  readonly score: number;
  /** Left, top, right, bottom in frame pixels, as the model's output is read. */
  readonly box: readonly number[];
}

type Box = readonly number[];

/** Below this a model has found nobody, and its best box may lie anywhere: it need not know drawings. */
const FOUND_AT_LEAST = 0.1;
/** From this on it is sure of what it found. */
const SURE_AT_LEAST = 0.5;
/**
 * Overlap (intersection over union) with a drawn person: 0.85 and more for the bundled SSDLite (six sizes) and YOLOX-nano. These people are
 * 2.7 times as tall as wide: with x and y exchanged their boxes overlap by 0.24 at most, wherever they stand, and a box that is
 * no taller than wide by 0.45.
 */
const OVERLAP_AT_LEAST = 0.5;

/** Says what was seen when a model finds the drawn people where they are not; undefined where that cannot be told. */
export function peopleElsewhere({ score, box }: BestBox, frame: FrameSize): string | undefined {
  const places = sceneBoxes(frame).filter((place) => isWhole(place, frame));
  const fits = (seen: Box) => places.some((place) => iou(seen, 0, place, 0) >= OVERLAP_AT_LEAST);
  const [left = 0, top = 0, right = 0, bottom = 0] = box;
  if (places.length === 0 || score < FOUND_AT_LEAST || fits(box)) return undefined;
  const isExchanged = fits([top, left, bottom, right]);
  if (score < SURE_AT_LEAST && !isExchanged) return undefined;
  const why = isExchanged ? ": x and y are exchanged" : "";
  const seen = `of the drawn people it is surest (score ${Number(score.toPrecision(2))}) of one at ${textOf(box)}${why}`;
  return `${seen}; left, top, right, bottom near ${places.map(textOf).join(" or ")} are expected`;
}

/** A person whom the rim of a small frame cuts off may be found in many ways. */
function isWhole([left = 0, top = 0, right = 0, bottom = 0]: Box, { width, height }: FrameSize): boolean {
  return left >= 0 && top >= 0 && right <= width && bottom <= height;
}

function textOf(box: Box): string {
  return `[${box.map(Math.round).join(", ")}]`;
}
