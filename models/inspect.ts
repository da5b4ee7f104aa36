import { readFile, stat } from "node:fs/promises";
import { AppError, messageOf, systemCodeOf } from "../firmware-config/kit/errors.ts";
import { type FamilyMatch, familyOf, SUPPORTED_FAMILIES } from "./families/families.ts";
import type { InputSize } from "./families/family.ts";
import { describeFormat } from "./file-format.ts";
import { type OnnxHeader, type PortInfo, readOnnxHeader } from "./onnx/header.ts";
import { sha256Of } from "./source/integrity.ts";

/** Larger than any detector that a store device can run in real time. */
export const MAX_MODEL_BYTES = 256 * 1024 * 1024;

/** What a usable model file holds. */
export interface ModelInspection extends FamilyMatch {
  readonly producer: string;
  /** What the file says of its licence, in its exporter's words. */
  readonly saidLicence?: string;
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Reads what a model takes and gives, without running it; `MODEL_INVALID` when its form is of no family. What its numbers mean
 * only a run can show.
 */
export async function inspectModel(path: string): Promise<ModelInspection> {
  return inspectBytes(await readModelFile(path), path);
}

/** As `inspectModel`, for a file already read; `path` is for messages, `size` for a model that leaves its picture's size free. */
export function inspectBytes(bytes: Uint8Array, path: string, size?: InputSize): ModelInspection {
  const header = readHeader(bytes, path);
  if (header.externalWeights) {
    throw invalid(`${path} keeps its weights in a second file`, "Save the model as one file and try again.");
  }
  const match = familyOf(header, size);
  if (match === undefined) throw noFamily(header, path);
  const { producer, inputs, outputs, licence } = header;
  const said = licence === undefined ? {} : { saidLicence: licence };
  return { ...match, ...said, producer, inputs, outputs, bytes: bytes.length, sha256: sha256Of(bytes) };
}

/** A model file's bytes; a missing, empty or far too large file is refused before it is read. */
export async function readModelFile(path: string): Promise<Uint8Array> {
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (!found.isFile()) throw invalid(`${path} is not a file`, "Name an ONNX file.");
  if (found.size === 0) throw invalid(`${path} is empty`, "Copy or export the model again.");
  if (found.size > MAX_MODEL_BYTES) {
    const megabytes = Math.round(found.size / 1e6);
    throw invalid(
      `${path} has ${megabytes} MB; 268 MB is the most`,
      "Use a smaller detector; a device could not run this.",
    );
  }
  return readFile(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
}

function readHeader(bytes: Uint8Array, path: string): OnnxHeader {
  const exportAgain = "Name an ONNX file (.onnx), or copy or export it again.";
  const other = describeFormat(bytes);
  if (other !== undefined) throw invalid(`${path} is not an ONNX model but ${other}`, exportAgain);
  try {
    const header = readOnnxHeader(bytes);
    if (header === undefined) throw invalid(`${path} is not an ONNX model: it holds no graph`, exportAgain);
    return header;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw invalid(`${path} is not an ONNX model, or was cut short: ${messageOf(error)}`, exportAgain, error);
  }
}

function noFamily(header: OnnxHeader, path: string): AppError {
  const ports = (list: readonly PortInfo[]) =>
    list.map(({ name, element, dims }) => `${name} ${element} [${dims.join(", ")}]`).join(" and ") || "nothing";
  return invalid(
    `${path} has a form that no family reads: ${ports(header.inputs)} -> ${ports(header.outputs)}`,
    `Supported are ${SUPPORTED_FAMILIES}; export it so, name the size of a free picture with --size, or use ssdlite-mobilenetv2.`,
  );
}

function unreadable(path: string, error: unknown): AppError {
  const missing = systemCodeOf(error) === "ENOENT" || systemCodeOf(error) === "ENOTDIR";
  return new AppError(missing ? `There is no file ${path}` : `Cannot read ${path}: ${messageOf(error)}`, {
    code: "MODEL_NOT_FOUND",
    hint: missing ? "Check the path; names of models are listed by: kazoe models list" : "Make the file readable.",
    cause: error,
  });
}

function invalid(message: string, hint: string, cause?: unknown): AppError {
  return new AppError(message, { code: "MODEL_INVALID", hint, cause });
}
