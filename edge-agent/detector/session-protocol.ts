import type { DetectorConfig } from "../../firmware-config/config/device.ts";
import type { DetectorModel } from "./model.ts";
import type { RunsOn } from "./open-session.ts";

/** Without a provider: the CPU. */
export type DetectorSettings = Pick<DetectorConfig, "threads" | "minScore" | "nmsIou"> &
  Partial<Pick<DetectorConfig, "provider">>;

/** Persons of one picture at most: bounds the non-maximum suppression and the memory shared with the worker. */
export const MAX_PERSONS = 300;

/** Memory that both threads see: one frame goes in, its persons come out in frame pixels. */
export interface Slot {
  readonly frame: Uint8Array<SharedArrayBuffer>;
  /** 4 * MAX_PERSONS entries. */
  readonly boxes: Float32Array<SharedArrayBuffer>;
  /** MAX_PERSONS entries. */
  readonly scores: Float32Array<SharedArrayBuffer>;
}

/** What the worker is started with. */
export interface WorkerSetup {
  readonly model: DetectorModel;
  readonly settings: DetectorSettings;
  readonly slots: readonly Slot[];
}

/** To the worker; each request is answered once, in order. */
export type Request =
  | { readonly kind: "detect"; readonly slot: number }
  | { readonly kind: "benchmark"; readonly slot: number; readonly seconds: number }
  | { readonly kind: "close" };

/** One picture's persons are in the slot; nothing is known of the picture when the model's output was not `finite`. */
export interface Detected {
  readonly kind: "detected";
  readonly slot: number;
  readonly count: number;
  readonly finite: boolean;
  readonly inferenceMs: number;
}

/** From the worker. `ready` or `refused` comes first. */
export type Reply =
  | { readonly kind: "ready"; readonly runsOn: RunsOn }
  | { readonly kind: "refused"; readonly reason: string }
  | Detected
  | { readonly kind: "benchmarked"; readonly slot: number; readonly fps: number; readonly runsMs: Float64Array }
  | { readonly kind: "failed"; readonly slot: number; readonly reason: string };

/** Memory for one frame of the model and its persons. */
export function createSlot(model: DetectorModel): Slot {
  return {
    frame: new Uint8Array(new SharedArrayBuffer(model.inputWidth * model.inputHeight * 3)),
    boxes: new Float32Array(new SharedArrayBuffer(4 * 4 * MAX_PERSONS)),
    scores: new Float32Array(new SharedArrayBuffer(4 * MAX_PERSONS)),
  };
}
