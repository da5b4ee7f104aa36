import { needsModel } from "../../edge-agent/detector/open-detectors.ts";
import type { RunsOn } from "../../edge-agent/detector/open-session.ts";
import type { ModelProbe } from "../../edge-agent/detector/probe/probe-model.ts";
import type { DeviceConfig } from "../../firmware-config/config/device.ts";
import type { Candidate } from "../../models/judge.ts";
import type { BoxReading } from "../../models/manifest.ts";
import type { ModelFile } from "../../models/model-store.ts";
import type { CliContext } from "./context.ts";
import { createProgress } from "./progress.ts";

/** The bundled model at its default size. */
export const DEFAULT_MODEL = "ssdlite-mobilenetv2";

/** A model that was tried: what it gives is known. */
export interface TriedModel extends ModelFile {
  readonly boxes: BoxReading;
}

/**
 * The model of that name or file, tried and ready to be loaded; the bundled one is fetched and converted when it is not there
 * yet. Throws MODEL_* `AppError`, or the reason of `signal` when that ends the trial.
 */
export async function prepareModel(
  nameOrPath: string,
  context: Pick<CliContext, "modelsDir" | "interactive" | "note">,
  signal: AbortSignal,
): Promise<TriedModel> {
  const { ensureModel } = await import("../../models/registry.ts");
  const progress = createProgress(context, "Model");
  try {
    const model = await ensureModel(nameOrPath, context.modelsDir, (step, fraction) => progress.update(fraction, step));
    return (await triedModel(model, signal)).model;
  } finally {
    progress.stop();
  }
}

/** The model of a device's configuration; undefined where no camera needs one, and then nothing is fetched. */
export async function prepareDeviceModel(
  { cameras, detector }: DeviceConfig,
  context: CliContext,
  signal: AbortSignal,
): Promise<TriedModel | undefined> {
  return needsModel(cameras) ? prepareModel(detector.model, context, signal) : undefined;
}

/** What a check of a configuration's model showed; `built` is false for the bundled one before its first use. */
export type ModelCheck = {
  readonly name: string;
  /** Of its frame, pixels. */
  readonly width: number;
  readonly height: number;
} & ({ readonly built: false } | { readonly built: true; readonly boxes: BoxReading; readonly probe?: ModelProbe });

/** Tries the model as a start would, but builds and fetches nothing. */
export async function checkModel(nameOrPath: string, modelsDir: string, signal: AbortSignal): Promise<ModelCheck> {
  const { bundledSize, isBundledName, resolveModel } = await import("../../models/registry.ts");
  const resolving = resolveModel(nameOrPath, modelsDir);
  // It may fail before anybody waits for it.
  resolving.catch(() => {});
  if (await isBundledName(nameOrPath)) {
    const isBuilt = await resolving.then(
      () => true,
      () => false,
    );
    if (!isBuilt) return { name: nameOrPath, ...(await bundledSize(nameOrPath)), built: false };
  }
  const { model, probe } = await triedModel(await resolving, signal);
  const { name, inputWidth: width, inputHeight: height, boxes } = model;
  return { name, width, height, built: true, boxes, ...(probe === undefined ? {} : { probe }) };
}

/** The same for a device; undefined where no camera needs a model. */
export async function checkDeviceModel(
  { cameras, detector }: DeviceConfig,
  modelsDir: string,
  signal: AbortSignal,
): Promise<ModelCheck | undefined> {
  return needsModel(cameras) ? checkModel(detector.model, modelsDir, signal) : undefined;
}

/** Says so when a model does not run on what was asked for. */
export function fallbackWarnings({ fallback }: RunsOn): string[] {
  return fallback === undefined ? [] : [`the model runs on the CPU, not on ${fallback.wanted}: ${fallback.reason}`];
}

/** Runs a model on made-up pictures; throws MODEL_INVALID, or the reason of `signal`. */
export async function probe(candidate: Candidate, signal: AbortSignal): Promise<ModelProbe> {
  const { probeModel } = await import("../../edge-agent/detector/probe/probe-model.ts");
  return probeModel(candidate, { signal });
}

/** A file whose very bytes were tested with this version needs no trial at each start. */
async function triedModel(
  model: ModelFile,
  signal: AbortSignal,
): Promise<{ readonly model: TriedModel; readonly probe?: ModelProbe }> {
  const { isPinned } = await import("../../models/registry.ts");
  if (await isPinned(model)) return { model: { ...model, boxes: "pixels" } };
  const { path, family, inputWidth, inputHeight } = model;
  const shown = await probe({ path, family, inputWidth, inputHeight }, signal);
  return { model: { ...model, boxes: shown.boxes }, probe: shown };
}
