import { basename, resolve } from "node:path";
import { distance } from "fastest-levenshtein";
import { AppError } from "../firmware-config/kit/errors.ts";
import { buildModel, isExpected } from "./build.ts";
import { withKnownGates } from "./gates.ts";
import { inspectModel } from "./inspect.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { type ModelFile, type ModelRecord, readRecords, readStored } from "./model-store.ts";
import type { OnProgress } from "./progress.ts";
import { listedVariants, type Variant, variantOf } from "./variant.ts";

/** Furthest a mistyped name may be from one that we suggest. */
const MAX_TYPOS = 4;

/** One line of the list of models. */
export interface ModelListing {
  readonly name: string;
  readonly family: string;
  readonly inputWidth: number;
  readonly inputHeight: number;
  readonly licence?: string | undefined;
  readonly origin: "bundled" | "added";
  /** False when a bundled variant has yet to be built, or an added model was never tried: added by a version before this. */
  readonly ready: boolean;
  readonly isDefault: boolean;
}

/** The model of that name or file, ready to be loaded and unchanged since it was built or added. */
export async function resolveModel(nameOrPath: string, modelsDir: string): Promise<ModelFile> {
  return withKnownGates(await findModel(nameOrPath, modelsDir));
}

async function findModel(nameOrPath: string, modelsDir: string): Promise<ModelFile> {
  if (isPath(nameOrPath)) return resolveFile(nameOrPath);
  const manifest = await readManifest();
  const variant = variantOf(nameOrPath, manifest);
  const stored = await readStored(modelsDir, variant?.name ?? nameOrPath);
  if (stored !== undefined && (variant === undefined || isExpected(stored.sha256, variant))) return stored;
  if (variant !== undefined) throw notBuilt(variant);
  throw await notFound(nameOrPath, modelsDir, manifest);
}

/** As `resolveModel`, but builds the bundled model when it is missing. */
export async function ensureModel(nameOrPath: string, modelsDir: string, onProgress?: OnProgress): Promise<ModelFile> {
  return (await isBundledName(nameOrPath))
    ? withKnownGates(await buildModel(nameOrPath, modelsDir, onProgress))
    : resolveModel(nameOrPath, modelsDir);
}

/** The bundled model at its listed sizes, then every other model of the folder. */
export async function listModels(modelsDir: string): Promise<ModelListing[]> {
  const [manifest, records] = await Promise.all([readManifest(), readRecords(modelsDir)]);
  const { family, licence, defaultWidth, defaultHeight } = manifest;
  const variants = listedVariants(manifest);
  const bundled = variants.map(({ name, width, height, sha256 }) => ({
    name,
    family,
    licence,
    inputWidth: width,
    inputHeight: height,
    origin: "bundled" as const,
    ready: records.some((record) => record.name === name && record.sha256 === sha256),
    isDefault: width === defaultWidth && height === defaultHeight,
  }));
  const others = records.filter((record) => !variants.some(({ name }) => name === record.name));
  return [...bundled, ...others.map((record) => listingOf(record, manifest))];
}

function listingOf(record: ModelRecord, manifest: Manifest): ModelListing {
  const origin = originOf(record.name, manifest);
  return { ...record, origin, ready: origin === "bundled" || record.boxes !== undefined, isDefault: false };
}

/** True for a model whose very bytes this version was tested with. */
export async function isPinned({ sha256 }: Pick<ModelFile, "sha256">): Promise<boolean> {
  return (await readManifest()).sizes.some((size) => size.sha256 === sha256);
}

/** True for a name of the bundled model, which is built when it is first needed. */
export async function isBundledName(nameOrPath: string): Promise<boolean> {
  return !isPath(nameOrPath) && variantOf(nameOrPath, await readManifest()) !== undefined;
}

/** The frame of a bundled model, pixels, whether it is built or not. */
export async function bundledSize(name: string): Promise<{ readonly width: number; readonly height: number }> {
  const manifest = await readManifest();
  const { width, height } = variantOf(name, manifest) ?? {
    width: manifest.defaultWidth,
    height: manifest.defaultHeight,
  };
  return { width, height };
}

function originOf(name: string, manifest: Manifest): "bundled" | "added" {
  return name.startsWith(`${manifest.name}-`) ? "bundled" : "added";
}

function isPath(nameOrPath: string): boolean {
  return /[/\\]|\.onnx$/i.test(nameOrPath);
}

async function resolveFile(file: string): Promise<ModelFile> {
  const path = resolve(file);
  const { family, inputWidth, inputHeight, sha256 } = await inspectModel(path);
  return { path, name: basename(path).replace(/\.onnx$/i, ""), family, inputWidth, inputHeight, sha256 };
}

function notBuilt(variant: Variant): AppError {
  return new AppError(`The model ${variant.name} is not built yet, or its file was changed`, {
    code: "MODEL_NOT_FOUND",
    hint: `Run: kazoe models build ${variant.name}`,
  });
}

async function notFound(name: string, modelsDir: string, manifest: Manifest): Promise<AppError> {
  const known = [manifest.name, ...(await listModels(modelsDir)).map((model) => model.name)];
  const [nearest = manifest.name] = known.toSorted((a, b) => distance(a, name) - distance(b, name));
  const guess = distance(nearest, name) <= MAX_TYPOS ? `Did you mean ${nearest}? ` : "";
  return new AppError(`There is no model ${name}, or its file was changed since it was added`, {
    code: "MODEL_NOT_FOUND",
    hint: `${guess}Names are listed by: kazoe models list; a file is named with its folder or with .onnx.`,
  });
}
