import { basename, resolve } from "node:path";
import { AppError } from "../firmware-config/kit/errors.ts";
import { makeFolder } from "../firmware-config/kit/make-folder.ts";
import { onModelsDisk } from "./disk-error.ts";
import type { InputSize } from "./families/family.ts";
import { inspectBytes, readModelFile } from "./inspect.ts";
import type { JudgeModel } from "./judge.ts";
import { checkLicence, checkSaidLicence, type LicenceChoice } from "./licence.ts";
import { readManifest } from "./manifest.ts";
import { type ModelFile, readStored, storeModel } from "./model-store.ts";

export interface AddOptions extends LicenceChoice {
  /** What the model shall be called; lower case, as a file name. */
  readonly name: string;
  /** For a model that leaves its picture's size free; default: the family's. */
  readonly size?: InputSize | undefined;
  /** Where it came from, for its record; default: the file's name. */
  readonly source?: string | undefined;
  /** What the file must be; default: anything. */
  readonly sha256?: string | undefined;
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** Tries a model and copies it into the models folder under a name, with its licence, SHA-256 and how its boxes are read. */
export async function addModel(
  file: string,
  modelsDir: string,
  { name, licence, acceptAgpl, size, judge, ...options }: AddOptions & { readonly judge: JudgeModel },
): Promise<ModelFile> {
  await checkNames({ name, licence, acceptAgpl });
  const path = resolve(file);
  const bytes = await readModelFile(path);
  const { family, inputWidth, inputHeight, sha256, saidLicence } = inspectBytes(bytes, path, size);
  checkSaidLicence(saidLicence, { licence, acceptAgpl });
  if (options.sha256 !== undefined && options.sha256 !== sha256)
    throw usage(
      `${path} is another file: its SHA-256 is ${sha256}`,
      "Copy it again, or look where the SHA-256 came from.",
    );
  if (size !== undefined && (size.width !== inputWidth || size.height !== inputHeight))
    throw usage(`${path} takes pictures of ${inputWidth}x${inputHeight} alone`, "Leave --size out.");
  const existing = await readStored(modelsDir, name);
  if (existing !== undefined && existing.sha256 !== sha256) {
    throw usage(`There is another model ${name}`, "Choose another name.");
  }
  const { boxes } = await judge({ path, family, inputWidth, inputHeight });
  const { source = `file:${basename(path)}` } = options;
  return onModelsDisk(modelsDir, async () => {
    await makeFolder(modelsDir);
    return storeModel(modelsDir, bytes, { name, family, inputWidth, inputHeight, licence, source, sha256, boxes });
  });
}

/** Throws USAGE where a model cannot be called so, or may not be used under that licence. */
export async function checkNames({ name, ...choice }: Pick<AddOptions, "name"> & LicenceChoice): Promise<void> {
  await checkName(name);
  checkLicence(choice);
}

async function checkName(name: string): Promise<void> {
  if (!NAME.test(name) || name.endsWith(".onnx")) {
    throw usage(`${name} cannot be a model's name`, "Use lower-case letters, digits, dots and dashes, without .onnx.");
  }
  const { name: bundled } = await readManifest();
  if (name.startsWith(bundled)) throw usage(`${name} is a name of the bundled model`, "Choose another name.");
}

function usage(message: string, hint: string): AppError {
  return new AppError(message, { code: "USAGE", hint });
}
