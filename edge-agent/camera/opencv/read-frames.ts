import { setImmediate, setTimeout } from "node:timers/promises";
import { letterboxOf } from "../letterbox.ts";
import { emptyFrame, placePicture } from "../place-picture.ts";
import type { ReadPlan } from "../reader.ts";
import { MARK, TICKS_PER_S } from "../shown-times.ts";
import { type Capture, type Mat, readPicture } from "./binding.ts";
import { CaptureTimes } from "./capture-times.ts";
import { Thinner } from "./thinner.ts";

/** Where frames go; each write returns when all of it is taken. */
export interface Output {
  frame(bytes: Uint8Array): void;
  /** Lines of `shown-times.ts`. */
  times(text: string): void;
}

export interface ReadOptions {
  readonly plan: ReadPlan;
  readonly isFile: boolean;
  /** OpenCV has turned the picture to the wrong side; half a turn more mends it. */
  readonly isHalfTurned: boolean;
  /** How OpenCV averages over the covered source pixels. */
  readonly interpolation: number;
  readonly output: Output;
  /** True ends it after the frame at hand. */
  readonly isStopped: () => boolean;
}

/** Reads until the source ends: scales, letterboxes, thins and, at pace `realtime`, paces as ffmpeg does for the other driver. */
export async function readFrames(capture: Capture, options: ReadOptions): Promise<void> {
  const { plan, isFile, output, isStopped } = options;
  const write = frameWriter(options);
  const thinner = new Thinner(plan.maxFps);
  const times = new CaptureTimes(capture);
  let beganMs: number | undefined;
  while (!isStopped()) {
    const picture = readPicture(capture);
    if (picture === undefined) return;
    const { shownS, guessS } = isFile ? times.next() : arrivedNow();
    const isTaken = thinner.takes(guessS);
    if (isFile && plan.pace === "realtime") {
      beganMs ??= performance.now() - guessS * 1000;
      await setTimeout(Math.max(0, beganMs + guessS * 1000 - performance.now()));
    }
    if (isFile) output.times(timesText(shownS, { isTaken, isThinned: plan.maxFps > 0 }));
    if (isTaken) write(picture);
    picture.release();
    // A signal is heard only between two turns of the loop.
    if (!isFile) await setImmediate();
  }
}

function arrivedNow(): { readonly shownS: number; readonly guessS: number } {
  return { shownS: Number.NaN, guessS: performance.now() / 1000 };
}

function frameWriter({ plan, isHalfTurned, interpolation, output }: ReadOptions): (picture: Mat) => void {
  const { shape } = plan;
  const box = letterboxOf(plan.picture, shape);
  const frame = emptyFrame(shape);
  return (picture) => {
    const scaled = picture.resize(box.height, box.width, 0, 0, interpolation);
    const upright = isHalfTurned ? scaled.flip(-1) : scaled;
    placePicture(upright.getData(), box, shape, frame);
    upright.release();
    scaled.release();
    output.frame(frame);
  };
}

function timesText(shownS: number, { isTaken, isThinned }: { readonly isTaken: boolean; readonly isThinned: boolean }) {
  const time = `frame:0 pts:${Number.isNaN(shownS) ? "NOPTS" : Math.round(shownS * TICKS_PER_S)}\n`;
  const seen = isThinned ? `${MARK.key}=${MARK.seen}\n` : "";
  return `${time}${seen}${isTaken ? `${MARK.key}=${MARK.comes}\n` : ""}`;
}
