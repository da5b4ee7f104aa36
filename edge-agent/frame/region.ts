import type { CameraConfig } from "../../firmware-config/config/device.ts";
import type { FrameShape, Part, Picture } from "../camera/port.ts";

/** The part of a camera's configuration that says where the model looks. */
export type Viewed = Pick<CameraConfig, "region" | "lines" | "zones" | "personHeight">;

/** Of the picture's height, where the configuration does not say it. */
const USUAL_PERSON_HEIGHT = 0.25;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Where the model looks, source pixels. Around lines and zones it is as wide or as high as the model's frame shows anyway. */
export function regionOf(viewed: Viewed, picture: Picture, shape: Pick<FrameShape, "width" | "height">): Part {
  const { region } = viewed;
  if (region.type === "whole")
    return evenPart({ left: 0, top: 0, right: picture.width, bottom: picture.height }, picture);
  if (region.type === "auto") return evenPart(fill(around(viewed, region.margin, picture), picture, shape), picture);
  const [left, top] = region.from;
  const [right, bottom] = region.to;
  const { width, height } = picture;
  return evenPart({ left: left * width, top: top * height, right: right * width, bottom: bottom * height }, picture);
}

/** Lines and zones are where feet are: the people's bodies are above them, and they come from beyond. */
function around({ lines, zones, personHeight = USUAL_PERSON_HEIGHT }: Viewed, margin: number, picture: Picture): Box {
  const feet = [...lines.flatMap(({ from, to }) => [from, to]), ...zones.flatMap(({ polygon }) => polygon)];
  const [xs, ys] = [feet.map(([x]) => x * picture.width), feet.map(([, y]) => y * picture.height)];
  const person = personHeight * picture.height;
  const reach = margin * person;
  return {
    left: Math.min(...xs) - reach,
    top: Math.min(...ys) - reach - person,
    right: Math.max(...xs) + reach,
    bottom: Math.max(...ys) + reach,
  };
}

/** Widens a box to the proportions of the model's frame, within the picture: what would be margin in the frame shows more of the shop. */
function fill(box: Box, picture: Picture, shape: Pick<FrameShape, "width" | "height">): Box {
  const within = clip(box, picture);
  const [width, height] = [within.right - within.left, within.bottom - within.top];
  const scale = Math.min(shape.width / width, shape.height / height);
  const [left, right] = grow(within.left, within.right, shape.width / scale, picture.width);
  const [top, bottom] = grow(within.top, within.bottom, shape.height / scale, picture.height);
  return { left, top, right, bottom };
}

/** Grows a stretch to `wanted` on both sides alike, as far as `limit` allows; what one side cannot take the other does. */
function grow(from: number, to: number, wanted: number, limit: number): [number, number] {
  const length = Math.min(limit, Math.max(to - from, wanted));
  const start = Math.min(Math.max(0, (from + to - length) / 2), limit - length);
  return [start, start + length];
}

function clip({ left, top, right, bottom }: Box, { width, height }: Picture): Box {
  return {
    left: Math.max(0, left),
    top: Math.max(0, top),
    right: Math.min(width, right),
    bottom: Math.min(height, bottom),
  };
}

/** Outwards to even pixels, within the picture; 2 pixels at least, but of a picture that has one alone. */
export function evenPart(box: Box, picture: Picture): Part {
  const { left, top, right, bottom } = clip(box, picture);
  const x = evenSide(left, right, picture.width);
  const y = evenSide(top, bottom, picture.height);
  return { left: x.start, top: y.start, width: x.length, height: y.length };
}

function evenSide(from: number, to: number, limit: number) {
  if (limit < 2) return { start: 0, length: limit };
  const most = 2 * Math.floor(limit / 2);
  const start = Math.min(2 * Math.floor(from / 2), most - 2);
  const end = Math.min(most, Math.max(start + 2, 2 * Math.ceil(to / 2 - 1e-6)));
  return { start, length: end - start };
}
