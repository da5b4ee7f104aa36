import type { ScoreGates } from "../firmware-config/config/tracker.ts";
import { AppError } from "../firmware-config/kit/errors.ts";
import { readCatalogue } from "./catalogue.ts";
import { readManifest } from "./manifest.ts";
import { type ModelFile, readStored } from "./model-store.ts";

/** The model with the scores from which on it is believed: its record's, else what this version knows of its very bytes. */
export async function withKnownGates(model: ModelFile): Promise<ModelFile> {
  const gates = model.gates ?? (await knownGates(model));
  return gates === undefined ? model : { ...model, gates };
}

async function knownGates({ name, family, sha256 }: ModelFile): Promise<ScoreGates | undefined> {
  const manifest = await readManifest();
  const isBundled = name.startsWith(`${manifest.name}-`) && family === manifest.family;
  if (isBundled || manifest.sizes.some((size) => size.sha256 === sha256)) return manifest.gates;
  const entry = (await readCatalogue()).find(({ files }) => files.some((file) => file.sha256 === sha256));
  return entry?.gates;
}

/** Throws MODEL_NOT_FOUND for a file that is no model of the folder: to be asked before the work whose result is to be kept. */
export async function assertRecorded(modelsDir: string, { name, sha256 }: ModelFile): Promise<void> {
  if ((await readStored(modelsDir, name))?.sha256 === sha256) return;
  throw new AppError(`${name} has no record in ${modelsDir}`, {
    code: "MODEL_NOT_FOUND",
    hint: "Add the file with `kazoe models add`, and give the name that it has then.",
  });
}
