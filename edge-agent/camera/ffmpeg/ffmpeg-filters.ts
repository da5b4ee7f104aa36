import { letterboxOf } from "../letterbox.ts";
import type { FrameShape, Part, Picture } from "../port.ts";

/** Averages over the covered source pixels: the cheapest scaler that does not alias when a picture shrinks. */
const SCALER = "area";
/** The order of `gbrp`; where parts follow they are laid out by hand, for `vstack` would put all greens before all blues. */
const PLANES = ["g", "b", "r"];

/** The raw video's format: with parts the planes come one below the other, as one grey picture. */
export function rawFormat({ pixelFormat, parts }: FrameShape): string {
  return pixelFormat === "gbrp" && parts !== undefined ? "gray" : pixelFormat;
}

/** Pure: the filters that write a frame: the whole picture, then each wanted part of it, every one letterboxed. */
export function frameFilters(picture: Picture, shape: FrameShape): string {
  if (shape.parts === undefined) return letterboxed(picture, shape);
  const views = [undefined, ...shape.parts.of(picture)];
  const inputs = views.map((_, k) => `[v${k}]`).join("");
  const ways = views.map((part, k) => `[v${k}]${viewFilters(part, picture, shape)}${outputsOf(k, shape)}`);
  const outputs = views.map((_, k) => outputsOf(k, shape)).join("");
  const count = views.length * (shape.pixelFormat === "gbrp" ? PLANES.length : 1);
  return `split=${views.length}${inputs};${ways.join(";")};${outputs}vstack=inputs=${count}`;
}

function viewFilters(part: Part | undefined, picture: Picture, shape: FrameShape): string {
  const cut = part === undefined ? "" : `${cropOf(part, picture)},`;
  const planes = shape.pixelFormat === "gbrp" ? `,extractplanes=${PLANES.join("+")}` : "";
  return `${cut}${letterboxed(part ?? picture, shape)}${planes}`;
}

/** Scales a picture into its place in a frame. */
function letterboxed(picture: Picture, shape: FrameShape): string {
  const box = letterboxOf(picture, shape);
  const grey = shape.padValue.toString(16).padStart(2, "0");
  return [
    `scale=${box.width}:${box.height}:flags=${SCALER}`,
    `format=${shape.pixelFormat}`,
    `pad=${shape.width}:${shape.height}:${box.left}:${box.top}:color=0x${grey.repeat(3)}`,
  ].join(",");
}

/** In shares of the stored picture, whose pixels need not be square; `exact`, for a side of one pixel would be rounded to none where colours are stored by twos. */
function cropOf({ left, top, width, height }: Part, picture: Picture): string {
  const { width: w, height: h } = picture;
  return `crop=w=iw*${width}/${w}:h=ih*${height}/${h}:x=iw*${left}/${w}:y=ih*${top}/${h}:exact=1`;
}

function outputsOf(k: number, { pixelFormat }: FrameShape): string {
  return pixelFormat === "gbrp" ? PLANES.map((plane) => `[v${k}${plane}]`).join("") : `[o${k}]`;
}
