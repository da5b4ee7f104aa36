import { askChild, ChildBroke } from "../../../firmware-config/kit/ask-child.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { scriptUrl } from "../../../firmware-config/kit/script-url.ts";
import { shapeOf } from "../families/families.ts";
import type { BoxReading, DetectorModel } from "../model.ts";
import type { Verdict } from "./verdict.ts";

/** What trying a model showed. */
export interface ModelProbe {
  /** How its boxes are to be read. */
  readonly boxes: BoxReading;
  /** How sure it was that two drawn people are persons, 0..1; a model need not know drawings. */
  readonly drawnPeopleScore: number;
  /** Time that loading and the pictures took, seconds. */
  readonly tookS: number;
}

/** YOLOX-nano takes 1 to 3 s on two shared cores; a model that needs twenty times as long counts nobody on a device. */
const TIME_LIMIT_MS = 60_000;

export interface ProbeOptions {
  /** Ends the trial, and its process with it. */
  readonly signal?: AbortSignal | undefined;
  /** Default: 60 s. */
  readonly timeLimitMs?: number;
}

/**
 * Runs the model on made-up pictures in a process of its own, so that one that hangs, crashes or fills the memory ends with
 * that process, and judges it by its numbers. Throws `MODEL_INVALID`, which says what was seen and what is expected, or the
 * reason of `signal`.
 */
export async function probeModel(
  model: DetectorModel,
  { signal, timeLimitMs = TIME_LIMIT_MS }: ProbeOptions = {},
): Promise<ModelProbe> {
  signal?.throwIfAborted();
  const startMs = performance.now();
  const verdict = await verdictOf(model, { signal, timeLimitMs });
  const tookS = Math.round(performance.now() - startMs) / 1000;
  if (!verdict.ok) throw unusable(model, `tried for ${tookS.toFixed(1)} s: ${verdict.reason}`);
  const { boxes, drawnPeopleScore } = verdict;
  return { boxes, drawnPeopleScore: Math.round(drawnPeopleScore * 1000) / 1000, tookS };
}

async function verdictOf(
  model: DetectorModel,
  { signal, timeLimitMs }: ProbeOptions & { readonly timeLimitMs: number },
): Promise<Verdict> {
  const script = scriptUrl(import.meta.url, "edge-agent", "detector/probe/probe-child.js");
  return askChild<Verdict>(script, { ...model }, { signal, timeLimitMs }).catch((error: unknown) => {
    throw error instanceof ChildBroke ? unusable(model, error.message) : error;
  });
}

function unusable(model: DetectorModel, reason: string): AppError {
  const { width, height } = shapeOf(model);
  return new AppError(`${model.path} cannot be used as ${model.family} at ${width}x${height}; ${reason}`, {
    code: "MODEL_INVALID",
    hint: "Export the model anew as models/README.md says under Families, or use ssdlite-mobilenetv2.",
  });
}
