import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { letterboxOf } from "../../../edge-agent/camera/letterbox.ts";
import type { Camera, FrameShape, Picture, WantedParts } from "../../../edge-agent/camera/port.ts";
import { evenPart } from "../../../edge-agent/frame/region.ts";
import { unletterbox } from "../../../edge-agent/frame/unletterbox.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { CLIP, collect, makeClip, type OpenCamera, turn } from "./clips.ts";

const run = promisify(execFile);

/** Where the white box lies in the picture as it is shown, 0..1. */
const BOX = { left: 0.25, top: 0.25, right: 0.5, bottom: 0.75 } as const;
const SHAPES: readonly FrameShape[] = [
  { width: 512, height: 384, pixelFormat: "rgb24", padValue: 0, padAlign: "centre" },
  { width: 416, height: 416, pixelFormat: "gbrp", padValue: 0, padAlign: "top-left" },
];

/** A film of stored pixels `size`; turned by a quarter its box lies where `BOX` says after the turn. */
async function makeFilm(film: { readonly size: string; readonly sar?: string; readonly turned?: boolean }) {
  const path = join(await tempDir(), "film.mp4");
  const box = film.turned ? "x=iw*0.25:y=ih*0.5:w=iw*0.5:h=ih*0.25" : "x=iw*0.25:y=ih*0.25:w=iw*0.25:h=ih*0.5";
  const filters = `format=yuv444p,scale=${film.size},drawbox=${box}:color=white:t=fill,setsar=${film.sar ?? "1/1"}`;
  const input = ["-f", "lavfi", "-i", `color=black:s=64x64:r=5:d=0.4`];
  await run("ffmpeg", ["-v", "error", ...input, "-vf", filters, "-c:v", "libx264", "-qp", "0", "-y", path]);
  if (film.turned) await writeFile(path, turn(await readFile(path)));
  return path;
}

/** The bounds of what is bright in the frame's first plane or sample. */
function brightBounds(data: Uint8Array, { width, height, pixelFormat }: FrameShape): Float32Array {
  const step = pixelFormat === "rgb24" ? 3 : 1;
  const bounds = Float32Array.of(width, height, 0, 0);
  for (let at = 0; at < width * height; at++) {
    if (data[at * step]! < 128) continue;
    const [x, y] = [at % width, Math.floor(at / width)];
    bounds.set([
      Math.min(bounds[0]!, x),
      Math.min(bounds[1]!, y),
      Math.max(bounds[2]!, x + 1),
      Math.max(bounds[3]!, y + 1),
    ]);
  }
  return bounds;
}

/** The white box in parts of the picture, as a counting line is given. */
async function seenBy(camera: Camera, shape: FrameShape): Promise<{ picture: Picture; sides: number[] }> {
  for await (const frame of camera.frames(new AbortController().signal)) {
    const { picture, data } = frame;
    const found = { boxes: brightBounds(data, shape), scores: Float32Array.of(1) };
    const back = { boxes: new Float32Array(4), scores: new Float32Array(1) };
    unletterbox(found, 1, back, { picture, letterbox: letterboxOf(picture, shape) });
    frame.release();
    return { picture, sides: [...back.boxes].map((side, i) => side / (i % 2 === 0 ? picture.width : picture.height)) };
  }
  throw new Error("no frame");
}

/** The middle, and what is right of it; the box ends in both. */
const PARTS: WantedParts = {
  count: 2,
  of: ({ width, height }) => [
    { left: 0, top: even(height * 0.125), width: even(width * 0.75), height: even(height * 0.75) },
    { left: even(width * 0.375), top: 0, width: even(width * 0.5), height: even(height) },
  ],
};
const wholeOf = (picture: Picture) =>
  evenPart({ left: 0, top: 0, right: picture.width, bottom: picture.height }, picture);
const even = (pixels: number) => 2 * Math.floor(pixels / 2);

/** The bounds of the white box in each view of a film's first frame, as parts of the whole picture. */
async function seenInViews(camera: Camera, shape: FrameShape) {
  for await (const frame of camera.frames(new AbortController().signal)) {
    const { picture, parts = [], data } = frame;
    const bytes = 3 * shape.width * shape.height;
    expect(data.length).toBe(bytes * (1 + parts.length));
    const views = [{ left: 0, top: 0, ...picture }, ...parts].map((view, k) => {
      const found = { boxes: brightBounds(data.subarray(k * bytes), shape), scores: Float32Array.of(1) };
      const back = { boxes: new Float32Array(4), scores: new Float32Array(1) };
      const letterbox = letterboxOf(view, shape);
      unletterbox(found, 1, back, { picture: view, letterbox });
      const sides = [...back.boxes].map((side, i) => side + (i % 2 === 0 ? view.left : view.top));
      return { view, sides, pixel: 1 / Math.min(letterbox.scaleX, letterbox.scaleY) };
    });
    frame.release();
    return { picture, views };
  }
  throw new Error("no frame");
}

/** What every driver must make of a picture's size, pixels and rotation. */
export function pictureSuite(open: OpenCamera): void {
  it.each([
    { name: "plain", film: { size: "640x480" }, picture: [640, 480] },
    { name: "odd sides", film: { size: "641x361" }, picture: [641, 361] },
    { name: "tiny", film: { size: "16x16" }, picture: [16, 16] },
    { name: "upright", film: { size: "360x640" }, picture: [360, 640] },
    { name: "4K", film: { size: "3840x2160" }, picture: [3840, 2160] },
    { name: "wide pixels (16:9 on 720 x 576)", film: { size: "720x576", sar: "64/45" }, picture: [1024, 576] },
    { name: "narrow pixels (4:3 on 720 x 480)", film: { size: "720x480", sar: "8/9" }, picture: [640, 480] },
    { name: "half a picture (960H of a recorder)", film: { size: "960x288", sar: "1/2" }, picture: [480, 288] },
    { name: "turned by a quarter", film: { size: "640x360", turned: true }, picture: [360, 640] },
    { name: "turned, wide pixels", film: { size: "640x360", sar: "2/1", turned: true }, picture: [360, 1280] },
  ])("$name: is shown in its true proportions, and places in it are where they belong", async ({ film, picture }) => {
    const path = await makeFilm(film);
    for (const shape of SHAPES) {
      const seen = await seenBy(await open({ source: path, shape }), shape);
      expect(seen.picture).toEqual({ width: picture[0], height: picture[1] });
      const { width, height } = letterboxOf(seen.picture, shape);
      const want = [BOX.left, BOX.top, BOX.right, BOX.bottom];
      for (const [i, side] of seen.sides.entries()) {
        expect(Math.abs(side - want[i]!)).toBeLessThanOrEqual(1.5 / (i % 2 === 0 ? width : height));
      }
    }
  });
  it.each([
    { name: "plain", film: { size: "640x480" } },
    { name: "odd sides", film: { size: "641x361" } },
    { name: "wide pixels", film: { size: "720x576", sar: "64/45" } },
    { name: "turned by a quarter", film: { size: "640x360", turned: true } },
  ])("$name: the parts that are wanted follow the whole picture, each in its place", async ({ film }) => {
    const path = await makeFilm(film);
    for (const shape of SHAPES) {
      const wanted = { ...shape, parts: PARTS };
      const { picture, views } = await seenInViews(await open({ source: path, shape: wanted }), wanted);
      expect(views.map(({ view }) => view).slice(1)).toEqual(PARTS.of(picture));
      const { width, height } = picture;
      const box = [BOX.left * width, BOX.top * height, BOX.right * width, BOX.bottom * height];
      for (const { view, sides, pixel } of views) {
        const [least, most] = [
          [view.left, view.top],
          [view.left + view.width, view.top + view.height],
        ];
        for (const [i, side] of sides.entries()) {
          const want = Math.min(most[i % 2]!, Math.max(least[i % 2]!, box[i]!));
          expect(Math.abs(side - want), `side ${i} of ${JSON.stringify(view)}`).toBeLessThanOrEqual(1.5 * pixel + 1);
        }
      }
    }
  });

  it("hands out parts of a picture of one pixel, and of a strip one pixel high", async () => {
    for (const size of ["1x1", "7x1", "1x6"]) {
      const path = await makeClip(await tempDir(), "least.mkv", ["-vf", `scale=${size}`, "-c:v", "ffv1"]);
      for (const shape of SHAPES) {
        const parts: WantedParts = { count: 1, of: (picture) => [wholeOf(picture)] };
        const camera = await open({ source: path, shape: { ...shape, parts } });
        expect(await collect(camera), size).toHaveLength(CLIP.frames);
      }
    }
  });

  it("gives the whole picture the same bytes, with parts and without", async () => {
    const path = await makeFilm({ size: "640x480" });
    for (const shape of SHAPES) {
      const plain = await firstBytes(await open({ source: path, shape }));
      const withParts = await firstBytes(await open({ source: path, shape: { ...shape, parts: PARTS } }));
      expect(plain.equals(withParts.subarray(0, plain.length))).toBe(true);
    }
  });
}

async function firstBytes(camera: Camera): Promise<Buffer> {
  for await (const frame of camera.frames(new AbortController().signal)) {
    const bytes = Buffer.from(frame.data);
    frame.release();
    return bytes;
  }
  throw new Error("no frame");
}
