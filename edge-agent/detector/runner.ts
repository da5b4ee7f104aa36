import type { InferenceSession, Tensor } from "onnxruntime-node";
import type { Candidates } from "./candidates.ts";
import type { DetectorModel } from "./model.ts";
import { createSsdRunner } from "./ssd.ts";
import { createYoloxRunner } from "./yolox.ts";

/** What a family does with its session; lives in the worker, with tensors that are made once. */
export interface Runner {
  readonly feeds: Record<string, Tensor>;
  /** The session writes its outputs into these. */
  readonly fetches: Record<string, Tensor>;
  /** Makes the frame the next input. */
  load(frame: Uint8Array): void;
  /** Collects the persons of the last run with at least `minScore`, in frame pixels. */
  decode(minScore: number, found: Candidates): void;
}

/** The runner of the model's family; throws an `Error` that says which input or output does not fit. */
export function createRunner(session: InferenceSession, model: DetectorModel): Runner {
  return model.family === "yolox" ? createYoloxRunner(session, model) : createSsdRunner(session, model);
}
