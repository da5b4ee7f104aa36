import { describe, expect, it } from "vitest";
import { letterboxOf } from "../../../edge-agent/camera/letterbox.ts";
import type { FrameShape } from "../../../edge-agent/camera/port.ts";
import { unletterbox } from "../../../edge-agent/frame/unletterbox.ts";

const FRAME = { width: 416, height: 416, pixelFormat: "rgb24", padValue: 0 } as const;
const empty = (count: number) => ({ boxes: new Float32Array(4 * count), scores: new Float32Array(count) });

/** The frame's pixels of a box in source pixels. */
function letterboxed(box: readonly number[], { left, top, scaleX, scaleY }: ReturnType<typeof letterboxOf>): number[] {
  return box.map((side, i) => (i % 2 === 0 ? left + side * scaleX : top + side * scaleY));
}

describe("unletterbox", () => {
  const pictures = [
    { width: 768, height: 576 },
    { width: 1920, height: 1080 },
    { width: 480, height: 853 },
    { width: 31, height: 17 },
  ];
  const shapes: FrameShape[] = [
    { ...FRAME, padAlign: "centre" },
    { ...FRAME, padAlign: "top-left" },
    { ...FRAME, height: 320, padAlign: "centre" },
  ];
  const cases = pictures.flatMap((picture) => shapes.map((shape) => ({ picture, shape })));

  it.each(cases)("brings a box back: $picture in $shape", ({ picture, shape }) => {
    const letterbox = letterboxOf(picture, shape);
    const box = [picture.width * 0.1, picture.height * 0.2, picture.width * 0.7, picture.height];
    const from = { boxes: Float32Array.from(letterboxed(box, letterbox)), scores: Float32Array.of(0.5) };
    const to = empty(1);
    expect(unletterbox(from, 1, to, { letterbox, picture })).toBe(1);
    for (let i = 0; i < 4; i++) expect(to.boxes[i]).toBeCloseTo(box[i]!, 2);
    expect(to.scores[0]).toBe(0.5);
  });

  it("clips to the picture and leaves out what lies in the margin", () => {
    const picture = { width: 416, height: 208 };
    const letterbox = letterboxOf(picture, { ...FRAME, padAlign: "centre" });
    const from = {
      boxes: Float32Array.of(0, 0, 50, 90, -20, 90, 40, 150, 10, 330, 20, 400, 400, 200, 500, 500),
      scores: Float32Array.of(0.9, 0.8, 0.7, 0.6),
    };
    const to = empty(4);
    expect(unletterbox(from, 4, to, { letterbox, picture })).toBe(2);
    expect([...to.boxes.subarray(0, 8)]).toEqual([0, 0, 40, 46, 400, 96, 416, 208]);
    expect([...to.scores.subarray(0, 2)]).toEqual([Math.fround(0.8), Math.fround(0.6)]);
  });

  it("leaves out boxes that are no numbers", () => {
    const picture = { width: 416, height: 416 };
    const letterbox = letterboxOf(picture, { ...FRAME, padAlign: "centre" });
    const from = { boxes: Float32Array.of(Number.NaN, 0, 10, 10), scores: Float32Array.of(1) };
    expect(unletterbox(from, 1, empty(1), { letterbox, picture })).toBe(0);
  });
});
