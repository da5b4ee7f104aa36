import type { ScoreGates } from "../firmware-config/config/tracker.ts";
import { readCatalogue } from "./catalogue.ts";
import { readManifest } from "./manifest.ts";
import type { ModelFile } from "./model-store.ts";

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
