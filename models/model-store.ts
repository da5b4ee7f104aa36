import { readdir } from "node:fs/promises";
import { join } from "node:path";
import Type from "typebox";
import { ScoreGates } from "../firmware-config/config/tracker.ts";
import { writeWhole } from "../firmware-config/kit/on-disk.ts";
import { SchemaCheck } from "../firmware-config/kit/schema-check.ts";
import { readTextFile } from "../firmware-config/kit/text-file.ts";
import { FREE_SOME } from "./disk-error.ts";
import { readModelFile } from "./inspect.ts";
import { BoxReading, ModelFamily, Sha256 } from "./manifest.ts";
import { sha256Of } from "./source/integrity.ts";

/** What is known about a model in the models folder; the file `NAME.json` beside `NAME.onnx`. */
const ModelRecord = Type.Object({
  name: Type.String(),
  family: ModelFamily,
  inputWidth: Type.Integer({ minimum: 1 }),
  inputHeight: Type.Integer({ minimum: 1 }),
  licence: Type.Optional(Type.String()),
  source: Type.Optional(Type.String()),
  sha256: Sha256,
  /** How its boxes are to be read, as the probe found; a record without it is of a model that was never tried. */
  boxes: Type.Optional(BoxReading),
  /** From which scores on it is believed; default: as this version knows it by its SHA-256. */
  gates: Type.Optional(ScoreGates),
});
export type ModelRecord = Type.Static<typeof ModelRecord>;

/** A model that can be loaded. */
export interface ModelFile extends ModelRecord {
  readonly path: string;
}

const MAX_RECORD_BYTES = 64 * 1024;

const validator = new SchemaCheck(ModelRecord);

/** Where a model of the models folder lies. */
function modelPath(modelsDir: string, name: string): string {
  return join(modelsDir, `${name}.onnx`);
}

/** Stores a model; the record is written last, so that a model with a record is whole. */
export async function storeModel(modelsDir: string, bytes: Uint8Array, record: ModelRecord): Promise<ModelFile> {
  const path = modelPath(modelsDir, record.name);
  const text = `${JSON.stringify(record, null, 2)}\n`;
  await writeWhole(path, { parts: [bytes], hint: FREE_SOME });
  await writeWhole(join(modelsDir, `${record.name}.json`), { parts: [text], hint: FREE_SOME });
  return { ...record, path };
}

/** The stored model of that name; undefined when there is none or its file is not the one recorded. */
export async function readStored(modelsDir: string, name: string): Promise<ModelFile | undefined> {
  const record = await readRecord(join(modelsDir, `${name}.json`));
  if (record?.name !== name) return undefined;
  const path = modelPath(modelsDir, name);
  // Only a file has an end: a link may lead to a device or a pipe.
  const bytes = await readModelFile(path).catch(() => undefined);
  return bytes !== undefined && sha256Of(bytes) === record.sha256 ? { ...record, path } : undefined;
}

/** Writes other scores into the record of a model that is stored. */
export async function keepGates(
  modelsDir: string,
  { path: _, ...record }: ModelFile,
  gates: ScoreGates,
): Promise<void> {
  const text = `${JSON.stringify({ ...record, gates }, null, 2)}\n`;
  await writeWhole(join(modelsDir, `${record.name}.json`), { parts: [text], hint: FREE_SOME });
}

/** Records of all models whose file is there, by name; the files are not read. */
export async function readRecords(modelsDir: string): Promise<ModelRecord[]> {
  const names = await readdir(modelsDir).catch((): string[] => []);
  const files = names.filter((name) => name.endsWith(".json") && names.includes(name.replace(/json$/, "onnx"))).sort();
  const records = await Promise.all(files.map((name) => readRecord(join(modelsDir, name))));
  return records.filter((record) => record !== undefined);
}

async function readRecord(path: string): Promise<ModelRecord | undefined> {
  try {
    const value: unknown = JSON.parse(await readTextFile(path, { maxBytes: MAX_RECORD_BYTES }));
    return validator.check(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
