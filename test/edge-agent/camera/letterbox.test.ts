import { describe, expect, it } from "vitest";
import { letterboxOf } from "../../../edge-agent/camera/letterbox.ts";
import type { FrameShape } from "../../../edge-agent/camera/port.ts";

const shape = (width: number, height: number, padAlign: FrameShape["padAlign"]): FrameShape => ({
  width,
  height,
  padAlign,
  pixelFormat: "rgb24",
  padValue: 114,
});

describe("letterboxOf", () => {
  it.each([
    { name: "wide, centred", picture: [768, 576], frame: [416, 416], align: "centre", box: [0, 52, 416, 312] },
    { name: "wide, top-left", picture: [768, 576], frame: [416, 416], align: "top-left", box: [0, 0, 416, 312] },
    { name: "tall, centred", picture: [1080, 1920], frame: [416, 416], align: "centre", box: [91, 0, 234, 416] },
    { name: "same proportions", picture: [1920, 1080], frame: [640, 360], align: "centre", box: [0, 0, 640, 360] },
    { name: "smaller than the frame", picture: [64, 48], frame: [416, 416], align: "centre", box: [0, 52, 416, 312] },
    { name: "odd side rounds down", picture: [1920, 1080], frame: [300, 300], align: "centre", box: [0, 66, 300, 168] },
    { name: "a line of pixels", picture: [5000, 1], frame: [416, 416], align: "top-left", box: [0, 0, 416, 1] },
  ] as const)("$name", ({ picture: [width, height], frame, align, box: [left, top, w, h] }) => {
    const letterbox = letterboxOf({ width, height }, shape(frame[0], frame[1], align));
    expect(letterbox).toMatchObject({ left, top, width: w, height: h });
    expect(letterbox.scaleX * width).toBeCloseTo(w, 6);
    expect(letterbox.scaleY * height).toBeCloseTo(h, 6);
  });

  it("always lies inside the frame", () => {
    for (let width = 1; width < 4000; width += 37) {
      for (let height = 1; height < 3000; height += 53) {
        const box = letterboxOf({ width, height }, shape(416, 320, "centre"));
        expect(box.left + box.width).toBeLessThanOrEqual(416);
        expect(box.top + box.height).toBeLessThanOrEqual(320);
        expect(Math.min(box.left, box.top, box.width - 1, box.height - 1)).toBeGreaterThanOrEqual(0);
      }
    }
  });
});
