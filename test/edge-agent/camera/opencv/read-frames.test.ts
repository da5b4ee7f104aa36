import { describe, expect, it } from "vitest";
import { type Capture, type Mat, PROPERTY } from "../../../../edge-agent/camera/opencv/binding.ts";
import { lookAt } from "../../../../edge-agent/camera/opencv/look.ts";
import { readFrames } from "../../../../edge-agent/camera/opencv/read-frames.ts";

/** A picture of 2 x 1 pixels, blue 1, green 2, red 3 and the same + 10; half a turn swaps them. */
const mat = (bytes: readonly number[]): Mat => ({
  rows: 1,
  cols: 2,
  empty: bytes.length === 0,
  resize: () => mat(bytes),
  flip: () => mat([...bytes.slice(3), ...bytes.slice(0, 3)]),
  getData: () => Buffer.from(bytes),
  release: () => {},
});
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

const SHAPE = { width: 2, height: 2, pixelFormat: "rgb24", padValue: 9, padAlign: "top-left" } as const;

async function played(capture: Capture, options: { maxFps?: number; isHalfTurned?: boolean } = {}) {
  const frames: number[][] = [];
  const texts: string[] = [];
  const { maxFps = 0, isHalfTurned = false } = options;
  await readFrames(capture, {
    plan: { shape: SHAPE, picture: { width: 2, height: 1 }, stream: 0, pace: "fast", maxFps },
    isFile: true,
    isHalfTurned,
    interpolation: 3,
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
