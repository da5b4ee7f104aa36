import { setImmediate, setTimeout } from "node:timers/promises";
import { letterboxOf } from "../letterbox.ts";
import { emptyFrame, placePicture } from "../place-picture.ts";
import type { Part, Picture } from "../port.ts";
import { MARK, TICKS_PER_S } from "../shown-times.ts";
import { type Binding, type Capture, type Mat, readPicture } from "./binding.ts";
import { CaptureTimes } from "./capture-times.ts";
import type { WorkerPlan } from "./request.ts";
import { Thinner } from "./thinner.ts";

/** Where frames go; each write returns when all of it is taken. */
export interface Output {
  frame(bytes: Uint8Array): void;
  /** Lines of `shown-times.ts`. */
  times(text: string): void;
}

export interface ReadOptions {
  readonly plan: WorkerPlan;
  readonly isFile: boolean;
  /** OpenCV has turned the picture to the wrong side; half a turn more mends it. */
  readonly isHalfTurned: boolean;
  readonly binding: Pick<Binding, "Rect" | "INTER_AREA">;
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

/** Writes the whole picture and then each wanted part, every one letterboxed, as one frame. */
function frameWriter({ plan, isHalfTurned, binding, output }: ReadOptions): (picture: Mat) => void {
  const { shape, picture: shown } = plan;
  const frame = emptyFrame(shape);
  const parts = [{ left: 0, top: 0, ...shown }, ...plan.parts];
  const viewBytes = frame.length / parts.length;
  const views = parts.map((part, k) => ({
    part: isHalfTurned ? halfTurned(part, shown) : part,
    box: letterboxOf(part, shape),
    data: frame.subarray(k * viewBytes, (k + 1) * viewBytes),
  }));
  return (picture) => {
    for (const { part, box, data } of views) {
      const cut = picture.getRegion(new binding.Rect(...storedPlace(part, shown, picture)));
      const scaled = cut.resize(box.height, box.width, 0, 0, binding.INTER_AREA);
      const upright = isHalfTurned ? scaled.flip(-1) : scaled;
      placePicture(upright.getData(), box, shape, data);
      for (const used of new Set([upright, scaled, cut])) used.release();
    }
    output.frame(frame);
  };
}

/** Where a part lies before the half turn that mends the picture. */
function halfTurned({ left, top, width, height }: Part, shown: Picture): Part {
  return { left: shown.width - left - width, top: shown.height - top - height, width, height };
}

/** In whole stored pixels, which need not be square. */
function storedPlace({ left, top, width, height }: Part, shown: Picture, { cols, rows }: Mat) {
  const [scaleX, scaleY] = [cols / shown.width, rows / shown.height];
  const [x, y] = [Math.round(left * scaleX), Math.round(top * scaleY)];
  const right = Math.min(cols, Math.max(x + 1, Math.round((left + width) * scaleX)));
  const bottom = Math.min(rows, Math.max(y + 1, Math.round((top + height) * scaleY)));
  return [x, y, right - x, bottom - y] as const;
}

function timesText(shownS: number, { isTaken, isThinned }: { readonly isTaken: boolean; readonly isThinned: boolean }) {
  const time = `frame:0 pts:${Number.isNaN(shownS) ? "NOPTS" : Math.round(shownS * TICKS_PER_S)}\n`;
  const seen = isThinned ? `${MARK.key}=${MARK.seen}\n` : "";
  return `${time}${seen}${isTaken ? `${MARK.key}=${MARK.comes}\n` : ""}`;
}
