import { access } from "node:fs/promises";
import { AppError } from "../../firmware-config/kit/errors.ts";
import { letterboxOf } from "../camera/letterbox.ts";
import type { Frame, FrameShape } from "../camera/port.ts";
import { type Unletterbox, unletterbox } from "../frame/unletterbox.ts";
import { createDetections, type Detections } from "./detections.ts";
import { shapeOf } from "./families/families.ts";
import type { DetectorModel } from "./model.ts";
import type { RunsOn } from "./open-session.ts";
import { type PartResults, PartViews } from "./parts/part-views.ts";
import type { Detector, DetectorStats } from "./port.ts";
import { createSlot, type DetectorSettings, MAX_PERSONS, type Slot } from "./session-protocol.ts";
import { SessionThread, type SlotReply } from "./session-thread.ts";
import { workerUrl } from "./worker-url.ts";

/** One slot is with the model while the next frame is copied into the other. */
const SLOTS = 2;

/** A camera's own results, used in turn, and where its picture lies in the frame. */
interface View extends Unletterbox {
  readonly results: readonly [Detections, Detections];
  turn: 0 | 1;
  /** Where the model looks at parts in place of the whole. */
  readonly parts?: PartViews | undefined;
}

/** Loads the model in a thread of its own. Throws MODEL_NOT_FOUND, or MODEL_INVALID when it is not of its family. */
export async function createDetector(model: DetectorModel, settings: DetectorSettings): Promise<OnnxDetector> {
  await assertFile(model.path);
  const slots = Array.from({ length: SLOTS }, () => createSlot(model));
  const thread = new SessionThread({ model, settings, slots }, workerUrl(import.meta.url));
  const runsOn = await thread.ready();
  return new OnnxDetector(model, slots, { thread, runsOn });
}

/** Finds persons with onnxruntime; the main thread only copies pixels in and boxes out. */
export class OnnxDetector implements Detector {
  readonly shape: FrameShape;
  /** What the model runs on. */
  readonly runsOn: RunsOn;
  readonly #slots: readonly Slot[];
  readonly #thread: SessionThread;
  readonly #views = new Map<string, View>();
  #inferenceMs = 0;
  #inferences = 0;
  #unusableFrames = 0;

  /** Use `createDetector`. */
  constructor(
    model: DetectorModel,
    slots: readonly Slot[],
    { thread, runsOn }: { readonly thread: SessionThread; readonly runsOn: RunsOn },
  ) {
    this.shape = shapeOf(model);
    this.runsOn = runsOn;
    this.#slots = slots;
    this.#thread = thread;
  }

  takeStats(): DetectorStats {
    const meanInferenceMs = this.#inferences === 0 ? 0 : this.#inferenceMs / this.#inferences;
    const stats = { frames: this.#inferences, meanInferenceMs, unusableFrames: this.#unusableFrames };
    this.#inferenceMs = 0;
    this.#inferences = 0;
    this.#unusableFrames = 0;
    return stats;
  }

  async detect(frame: Frame): Promise<Detections> {
    const view = this.#viewOf(frame);
    if (view.parts) return this.#detectParts(frame, view, view.parts);
    const slot = await this.#claimFor(frame);
    try {
      this.#fill(slot, frame);
      const reply = await this.#thread.call({ kind: "detect", slot });
      return this.#collect(reply, view);
    } finally {
      this.#thread.giveBack(slot);
    }
  }

  /** One part after the other, each as soon as there is room; the frame is given back when the last one is with the model. */
  async #detectParts(frame: Frame, view: View, parts: PartViews): Promise<Detections> {
    const results = parts.begin();
    const runs: Promise<number>[] = [];
    try {
      this.#assertLength(frame);
      for (const k of parts.parts.keys()) {
        const slot = await this.#thread.claim();
        this.#slots[slot]!.frame.set(this.#pictureIn(frame.data, 1 + k));
        const run = this.#detectPart(slot, k, { parts, results });
        run.catch(() => {});
        runs.push(run);
      }
    } finally {
      frame.release();
    }
    const inferenceMs = await Promise.all(runs);
    const result = this.#nextResult(view);
    parts.merge(results, result);
    this.#note(
      result.finite,
      inferenceMs.reduce((sum, ms) => sum + ms, 0),
    );
    return result;
  }

  async #detectPart(
    slot: number,
    k: number,
    { parts, results }: { readonly parts: PartViews; readonly results: PartResults },
  ): Promise<number> {
    try {
      const reply = await this.#thread.call({ kind: "detect", slot });
      if (reply.kind !== "detected") return 0;
      const { count, finite, inferenceMs } = reply;
      parts.put(results, k, { ...this.#slots[slot]!, count, finite });
      return inferenceMs;
    } finally {
      this.#thread.giveBack(slot);
    }
  }

  #assertLength({ data, parts = [] }: Frame): void {
    const bytes = this.#slots[0]!.frame.length * (1 + parts.length);
    if (data.length !== bytes) throw new RangeError(`a frame of ${data.length} bytes; it needs ${bytes}`);
  }

  /** The whole picture is the first, its parts follow. */
  #pictureIn(data: Uint8Array, k: number): Uint8Array {
    const bytes = this.#slots[0]!.frame.length;
    return data.subarray(k * bytes, (k + 1) * bytes);
  }

  /** Runs of the bare session per second on one frame's bytes, back to back for `seconds`; nothing else is timed. */
  async benchmark(frame: Uint8Array, seconds: number): Promise<number> {
    return (await this.timeRuns(frame, seconds)).fps;
  }

  /** The same, with the time of each run, milliseconds. */
  async timeRuns(frame: Uint8Array, seconds: number): Promise<{ readonly fps: number; readonly runsMs: Float64Array }> {
    const slot = await this.#thread.claim();
    try {
      this.#slots[slot]!.frame.set(this.#pictureIn(frame, 0));
      const reply = await this.#thread.call({ kind: "benchmark", slot, seconds });
      return reply.kind === "benchmarked" ? reply : { fps: 0, runsMs: new Float64Array() };
    } finally {
      this.#thread.giveBack(slot);
    }
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }

  async #claimFor(frame: Frame): Promise<number> {
    try {
      return await this.#thread.claim();
    } catch (error) {
      frame.release();
      throw error;
    }
  }

  /** Copies the frame and gives it back to its camera, come what may. */
  #fill(slot: number, frame: Frame): void {
    try {
      this.#slots[slot]!.frame.set(frame.data);
    } finally {
      frame.release();
    }
  }

  #collect(reply: SlotReply, view: View): Detections {
    const result = this.#nextResult(view);
    if (reply.kind !== "detected") return result;
    this.#note(reply.finite, reply.inferenceMs);
    result.finite = reply.finite;
    result.count = unletterbox(this.#slots[reply.slot]!, reply.count, result, view);
    return result;
  }

  #nextResult(view: View): Detections {
    view.turn = view.turn === 0 ? 1 : 0;
    return view.results[view.turn];
  }

  /** One picture more, whose model took so long. */
  #note(finite: boolean, inferenceMs: number): void {
    this.#inferenceMs += inferenceMs;
    this.#inferences++;
    if (!finite) this.#unusableFrames++;
  }

  /** Made once per camera, and again when its picture changes its size, or its parts. */
  #viewOf({ cameraId, picture, parts }: Pick<Frame, "cameraId" | "picture" | "parts">): View {
    const known = this.#views.get(cameraId);
    const isSame = known?.picture.width === picture.width && known.picture.height === picture.height;
    if (known && isSame && known.parts?.parts === parts) return known;
    const views = parts === undefined ? {} : { parts: new PartViews(parts, this.shape, MAX_PERSONS) };
    const placed = { picture, letterbox: letterboxOf(picture, this.shape), ...views };
    const view: View = { ...placed, results: createResults(), turn: 0 };
    this.#views.set(cameraId, view);
    return view;
  }
}

function createResults(): [Detections, Detections] {
  return [createDetections(MAX_PERSONS), createDetections(MAX_PERSONS)];
}

async function assertFile(path: string): Promise<void> {
  try {
    await access(path);
  } catch (cause) {
    throw new AppError(`${path}: no such model file`, {
      code: "MODEL_NOT_FOUND",
      hint: "Check the path, or give a name from `kazoe models list`.",
      cause,
    });
  }
}
