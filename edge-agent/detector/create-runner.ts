import type { InferenceSession } from "onnxruntime-node";
import type { DetectorModel } from "./model.ts";
import type { Runner } from "./runner.ts";
import { createSsdRunner } from "./ssd.ts";
import { createYoloxRunner } from "./yolox.ts";

/**
 * The runner of the model's family, after one run that shows the sizes which a model may leave free; throws an `Error` that
 * says which input or output does not fit.
 */
export async function createRunner(session: InferenceSession, model: DetectorModel): Promise<Runner> {
  return model.family === "yolox" ? createYoloxRunner(session, model) : createSsdRunner(session, model);
}
