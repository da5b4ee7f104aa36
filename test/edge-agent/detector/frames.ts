import type { Frame, FrameShape } from "../../../edge-agent/camera/port.ts";

/** Frames of the tiny model in `tiny-model.ts`. */
export const SHAPE: FrameShape = { width: 8, height: 4, pixelFormat: "rgb24", padValue: 128, padAlign: "centre" };

export interface TestFrame extends Partial<Frame> {
  /** Value of every byte. */
  readonly grey?: number;
}

/** A frame of `SHAPE`; `index` sets its time at 10 frames a second. */
export function frameOf({ grey = 0, index = 0, ...rest }: TestFrame): Frame {
  return {
    cameraId: "door",
    index,
    captureMs: index * 100,
    atS: index / 10,
    picture: { width: 16, height: 8 },
    data: new Uint8Array(SHAPE.width * SHAPE.height * 3).fill(grey),
    release: () => {},
    ...rest,
  };
}
