import { spawnSync } from "node:child_process";
import { letterboxOf } from "../../../edge-agent/camera/letterbox.ts";
import type { FrameShape, Picture } from "../../../edge-agent/camera/port.ts";
import { sharedFile } from "../../support/sample.ts";

/** As the smallest oblong size of the bundled model has it. */
export const SHAPE: FrameShape = { width: 416, height: 320, pixelFormat: "rgb24", padValue: 128, padAlign: "centre" };
/** Pictures a second: the device looks at one a second. */
export const FPS = 2;
const FRAME_BYTES = SHAPE.width * SHAPE.height * 3;

/** A film that lies beside the checkout. */
export interface Film {
  readonly name: string;
  readonly file: string;
  readonly picture: Picture;
}

const FILES = [
  { path: ["video", "vtest.avi"], picture: { width: 768, height: 576 } },
  { path: ["video", "one-by-one.mp4"], picture: { width: 768, height: 432 } },
  { path: ["clips", "store_aisle.mp4"], picture: { width: 480, height: 270 } },
  { path: ["clips", "store_ceiling.mp4"], picture: { width: 768, height: 432 } },
  { path: ["clips", "office_fisheye.mp4"], picture: { width: 640, height: 360 } },
  { path: ["clips", "white_hall.mp4"], picture: { width: 1280, height: 720 } },
  { path: ["clips", "bus_door.avi"], picture: { width: 320, height: 240 } },
] as const;

/** Those that are there. */
export function films(): readonly Film[] {
  return FILES.flatMap(({ path, picture }) => {
    const file = sharedFile(...path);
    return file === undefined ? [] : [{ name: path[1].replace(/\..*/, ""), file, picture }];
  });
}

/** How ffmpeg opens something, and what it does to its pictures at the size that the model gets. */
export interface Shot {
  readonly input: readonly string[];
  readonly filter?: string;
  /** At most so many seconds of it. */
  readonly seconds?: number;
}

/** The frames that a camera would give of it. */
export function framesOf({ input, filter = "null", seconds }: Shot, { width, height }: Picture): readonly Uint8Array[] {
  const { left, top, width: w, height: h } = letterboxOf({ width, height }, SHAPE);
  const fit = `format=rgb24,pad=${SHAPE.width}:${SHAPE.height}:${left}:${top}:color=0x808080`;
  const filters = `fps=${FPS},scale=${w}:${h}:flags=area,${filter},scale=${w}:${h},${fit}`;
  const limit = seconds === undefined ? [] : ["-t", String(seconds)];
  const args = ["-v", "error", ...input, ...limit, "-vf", filters, "-f", "rawvideo", "pipe:1"];
  const { stdout, stderr, status } = spawnSync("ffmpeg", args, { maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`ffmpeg ${args.join(" ")}: ${stderr}`);
  return Array.from({ length: Math.floor(stdout.length / FRAME_BYTES) }, (_, i) =>
    stdout.subarray(i * FRAME_BYTES, (i + 1) * FRAME_BYTES),
  );
}
