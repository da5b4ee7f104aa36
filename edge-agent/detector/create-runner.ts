import type { InferenceSession } from "onnxruntime-node";
import type { DetectorModel } from "./model.ts";
import type { Runner } from "./runner.ts";
import { createSsdRunner } from "./ssd.ts";
import { createYoloxRunner } from "./yolox.ts";

/** The runner of the model's family; throws an `Error` that says which input or output does not fit. */
export function createRunner(session: InferenceSession, model: DetectorModel): Runner {
  return model.family === "yolox" ? createYoloxRunner(session, model) : createSsdRunner(session, model);
}
