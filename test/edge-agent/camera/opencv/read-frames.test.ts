import { describe, expect, it } from "vitest";
import { type Capture, type Mat, PROPERTY, type Rect } from "../../../../edge-agent/camera/opencv/binding.ts";
import { lookAt } from "../../../../edge-agent/camera/opencv/look.ts";
import { readFrames } from "../../../../edge-agent/camera/opencv/read-frames.ts";
import type { Part } from "../../../../edge-agent/camera/port.ts";

/** A row of pixels, three bytes each; half a turn swaps their order. */
const mat = (bytes: readonly number[]): Mat => ({
  rows: 1,
  cols: bytes.length / 3,
  empty: bytes.length === 0,
  resize: (rows, cols) =>
    mat(
      Array.from({ length: rows * cols }, (_, k) =>
        pixel(bytes, Math.floor(((k % cols) * bytes.length) / 3 / cols)),
      ).flat(),
    ),
  flip: () => mat(Array.from({ length: bytes.length / 3 }, (_, x) => pixel(bytes, bytes.length / 3 - 1 - x)).flat()),
  getRegion: ({ x, width }) => mat(bytes.slice(3 * x, 3 * (x + width))),
  getData: () => Buffer.from(bytes),
  release: () => {},
});
const pixel = (bytes: readonly number[], x: number) => bytes.slice(3 * x, 3 * x + 3);
/** Blue 1, green 2, red 3 and the same + 10. */
const PICTURE = [1, 2, 3, 11, 12, 13];

/** Hands out a picture for each time, milliseconds; undefined = one that cannot be decoded. */
function captureOf(times: readonly (number | undefined)[], properties: Readonly<Record<number, number>> = {}): Capture {
  let at = -1;
  return {
    get: (property) => (property === PROPERTY.positionMs ? (times[at] ?? 0) : (properties[property] ?? 0)),
    read: () => mat(times[++at] === undefined ? [] : PICTURE),
    release: () => {},
  };
}

class Place implements Rect {
  readonly x: number;
  readonly y = 0;
  readonly width: number;
  readonly height = 1;
  constructor(x: number, _y: number, width: number) {
    this.x = x;
    this.width = width;
  }
}

const SHAPE = { width: 2, height: 2, pixelFormat: "rgb24", padValue: 9, padAlign: "top-left" } as const;

async function played(
  capture: Capture,
  options: { maxFps?: number; isHalfTurned?: boolean; parts?: readonly Part[] } = {},
) {
  const frames: number[][] = [];
  const texts: string[] = [];
  const { maxFps = 0, isHalfTurned = false, parts = [] } = options;
  const shape = { ...SHAPE, parts: { count: parts.length, of: () => parts } };
  await readFrames(capture, {
    plan: { shape, picture: { width: 2, height: 1 }, stream: 0, pace: "fast", maxFps, parts },
    isFile: true,
    isHalfTurned,
    binding: { Rect: Place, INTER_AREA: 3 },
    output: { frame: (bytes) => void frames.push([...bytes]), times: (more) => void texts.push(more) },
    isStopped: () => false,
  });
  return { frames, text: texts.join("") };
}

describe("readFrames", () => {
  it("writes red first, letterboxed, with the file's time before it", async () => {
    const { frames, text } = await played(captureOf([0, 40]));
    expect(frames).toEqual(Array(2).fill([3, 2, 1, 13, 12, 11, 9, 9, 9, 9, 9, 9]));
    expect(text).toBe("frame:0 pts:0\nk=1\nframe:0 pts:40000\nk=1\n");
  });

  it("mends a turn to the wrong side", async () => {
    const { frames } = await played(captureOf([0]), { isHalfTurned: true });
    expect(frames[0]?.slice(0, 6)).toEqual([13, 12, 11, 3, 2, 1]);
  });

  it.each([
    { isHalfTurned: false, whole: [3, 2, 1, 13, 12, 11], right: [13, 12, 11, 13, 12, 11] },
    { isHalfTurned: true, whole: [13, 12, 11, 3, 2, 1], right: [3, 2, 1, 3, 2, 1] },
  ])("a part follows the whole, turned to the wrong side: $isHalfTurned", async ({ isHalfTurned, whole, right }) => {
    const parts = [{ left: 1, top: 0, width: 1, height: 1 }];
    const { frames } = await played(captureOf([0]), { isHalfTurned, parts });
    expect(frames[0]?.slice(0, 6)).toEqual(whole);
    expect(frames[0]).toHaveLength(24);
    expect(frames[0]?.slice(12, 18)).toEqual(right);
  });

  it("goes on over what cannot be decoded", async () => {
    expect((await played(captureOf([0, undefined, undefined, 120]))).frames).toHaveLength(2);
  });

  it("does not know the time of a frame for which OpenCV says 0 again, and thins it by the last step", async () => {
    const { frames, text } = await played(captureOf([0, 400, 0, 1200]), { maxFps: 1 });
    expect(frames).toHaveLength(2);
    const seen =
      "frame:0 pts:0\nk=0\nk=1\nframe:0 pts:400000\nk=0\nframe:0 pts:NOPTS\nk=0\nframe:0 pts:1200000\nk=0\nk=1\n";
    expect(text).toBe(seen);
  });
});

describe("lookAt", () => {
  it.each([
    { name: "a film", times: [0, 40], fps: 25, frames: 2, has: { fps: 25, frames: 2, isStill: false } },
    { name: "a cover picture", times: [0], fps: 90_000, frames: 90_000, has: { fps: 0, frames: 0, isStill: true } },
    { name: "a film at the clock's rate", times: [0, 40], fps: 90_000, frames: 9, has: { fps: 0, isStill: false } },
    { name: "a camera without a length", times: [0, 40], fps: 25, frames: -9e18, has: { fps: 25, frames: 0 } },
  ])("$name", ({ times, fps, frames, has }) => {
    expect(lookAt(captureOf(times, { [PROPERTY.fps]: fps, [PROPERTY.frames]: frames }))).toMatchObject(has);
  });

  it("finds no picture where none can be decoded", () => {
    expect(lookAt(captureOf([undefined]))).toBeUndefined();
  });
});
