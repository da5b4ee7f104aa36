import { createWriteStream } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError, messageOf, systemCodeOf } from "./errors.ts";
import { writeWhole } from "./on-disk.ts";
import { isMachineTrouble, outputError } from "./storage-error.ts";

/**
 * Of a file that `option` names and that cannot be written: the machine's trouble, or else a name that will not do. What no system call
 * said, such as the abort of what is written, is no fault of the file and comes back as it is.
 */
export function outputFileError(error: unknown, path: string, option: string): unknown {
  if (error instanceof AppError || systemCodeOf(error) === undefined) return error;
  if (isMachineTrouble(error)) return outputError(error, path, option);
  return new AppError(`${path} cannot be written: ${messageOf(error)}`, {
    code: "USAGE",
    hint: `Name with ${option} a file that can be written, in a folder that exists.`,
    cause: error,
  });
}

/** The text of a result, at once or part by part. */
export type OutputParts = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/**
 * Writes a result to the file that `option` names: it is whole or as it was before, also when the disk fills or we are stopped.
 * Into what is no file (a pipe, /dev/stdout) it is written as it comes. Throws `AppError`.
 */
export async function writeOutput(path: string, option: string, parts: OutputParts): Promise<void> {
  try {
    await access(dirname(path));
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || found.isFile()) await writeWhole(found ? await realpath(path) : path, { parts });
    else await pipeline(Readable.from(parts), createWriteStream(path));
  } catch (error) {
    throw outputFileError(error, path, option);
  }
}
