import type { BoxReading } from "./manifest.ts";
import type { ModelRecord } from "./model-store.ts";

/** A model file of a known form. */
export interface Candidate extends Pick<ModelRecord, "family" | "inputWidth" | "inputHeight"> {
  readonly path: string;
}

/** What trying a model showed. */
export interface Judgement {
  readonly boxes: BoxReading;
}

/**
 * Runs a model on made-up pictures and judges it by its numbers; throws `MODEL_INVALID` that says what was seen and what is
 * expected. Called before a model is stored, so that what is listed can be run.
 */
export type JudgeModel = (candidate: Candidate) => Promise<Judgement>;
