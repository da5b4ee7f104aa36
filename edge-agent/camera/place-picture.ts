import { frameBytesOf } from "./camera-parts.ts";
import type { Letterbox } from "./letterbox.ts";
import type { FrameShape } from "./port.ts";

/** A frame without its pictures, of the wanted parts too: the letterbox's margin, which `placePicture` leaves alone. */
export function emptyFrame(shape: FrameShape): Uint8Array<ArrayBuffer> {
  return new Uint8Array(frameBytesOf(shape)).fill(shape.padValue);
}

/**
 * Writes a picture into its place in a frame, for a driver that cannot letterbox by itself. `bgr` is the picture scaled to the
 * size of `box`: rows of interleaved B, G, R, one byte a sample. Throws `RangeError` when it is of another size.
 */
export function placePicture(bgr: Uint8Array, box: Letterbox, shape: FrameShape, frame: Uint8Array): void {
  if (bgr.length !== box.width * box.height * 3) {
    throw new RangeError(`a picture of ${bgr.length} bytes is not ${box.width} x ${box.height}`);
  }
  const place = shape.pixelFormat === "rgb24" ? placeInterleaved : placePlanes;
  place(bgr, box, shape, frame);
}

function placeInterleaved(bgr: Uint8Array, box: Letterbox, { width }: FrameShape, frame: Uint8Array): void {
  let from = 0;
  for (let y = 0; y < box.height; y++) {
    let to = ((box.top + y) * width + box.left) * 3;
    for (let x = 0; x < box.width; x++, from += 3, to += 3) {
      frame[to] = bgr[from + 2] ?? 0;
      frame[to + 1] = bgr[from + 1] ?? 0;
      frame[to + 2] = bgr[from] ?? 0;
    }
  }
}

function placePlanes(bgr: Uint8Array, box: Letterbox, { width, height }: FrameShape, frame: Uint8Array): void {
  const blue = width * height;
  const red = 2 * blue;
  let from = 0;
  for (let y = 0; y < box.height; y++) {
    let to = (box.top + y) * width + box.left;
    for (let x = 0; x < box.width; x++, from += 3, to++) {
      frame[to] = bgr[from + 1] ?? 0;
      frame[blue + to] = bgr[from] ?? 0;
      frame[red + to] = bgr[from + 2] ?? 0;
    }
  }
}
