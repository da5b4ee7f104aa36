import { describe, expect, it } from "vitest";
import { letterboxOf } from "../../../edge-agent/camera/letterbox.ts";
import { emptyFrame, placePicture } from "../../../edge-agent/camera/place-picture.ts";
import type { FrameShape } from "../../../edge-agent/camera/port.ts";

/** Two pixels beside each other: (blue 1, green 2, red 3) and (4, 5, 6). */
const BGR = Uint8Array.of(1, 2, 3, 4, 5, 6);
const PICTURE = { width: 2, height: 1 };

function placed(shape: Omit<FrameShape, "width" | "height" | "padValue">): number[] {
  const full = { width: 2, height: 3, padValue: 7, ...shape };
  const frame = emptyFrame(full);
  placePicture(BGR, letterboxOf(PICTURE, full), full, frame);
  return [...frame];
}

describe("placePicture", () => {
  it.each([
    { pixelFormat: "rgb24", padAlign: "centre", frame: [...Array(6).fill(7), 3, 2, 1, 6, 5, 4, ...Array(6).fill(7)] },
    { pixelFormat: "rgb24", padAlign: "top-left", frame: [3, 2, 1, 6, 5, 4, ...Array(12).fill(7)] },
    { pixelFormat: "gbrp", padAlign: "centre", frame: [7, 7, 2, 5, 7, 7, 7, 7, 1, 4, 7, 7, 7, 7, 3, 6, 7, 7] },
  ] as const)("$pixelFormat, $padAlign", ({ frame, ...shape }) => expect(placed(shape)).toEqual(frame));

  it("refuses a picture that does not fill its place", () => {
    const shape = { width: 2, height: 3, padValue: 7, pixelFormat: "rgb24", padAlign: "centre" } as const;
    const place = () => placePicture(BGR.subarray(3), letterboxOf(PICTURE, shape), shape, emptyFrame(shape));
    expect(place).toThrow(RangeError);
  });
});
