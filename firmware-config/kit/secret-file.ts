import { AppError, messageOf } from "./errors.ts";
import { type FileLimits, readTextFile, UnfitFile } from "./text-file.ts";

/** Where a configuration names a file, and what to do when it cannot be used. */
export interface FilePlace {
  /** Path in the configuration, e.g. `mqtt.tokenFile`. */
  readonly key: string;
  readonly hint: string;
}

const MAX_SECRET_BYTES = 4 * 1024;

/**
 * The first line of a file that holds a secret, spaces and all. Throws `AppError` that names the file and its place in the
 * configuration, never its content, when it is missing, empty, too large, no text, no file but a folder or pipe, or open to all users.
 */
export async function readSecretFile(file: string, place: FilePlace): Promise<string> {
  const text = await readTextOf(file, place, { maxBytes: MAX_SECRET_BYTES, isSecret: true });
  const [secret = ""] = text.split("\n");
  if (secret === "") throw unusable(file, place, "is empty");
  return secret;
}

/** The text of a small regular file that the configuration names; throws `AppError` like `readSecretFile`. */
export async function readTextOf(file: string, place: FilePlace, limits: FileLimits): Promise<string> {
  try {
    return await readTextFile(file, limits);
  } catch (error) {
    if (error instanceof UnfitFile) throw unusable(file, place, `is ${error.message}`);
    throw unreadable(file, place, error);
  }
}

/** The error for a file that is there, but will not do. */
export function unusable(file: string, { key, hint }: FilePlace, why: string): AppError {
  return new AppError(`${key}: ${file} ${why}`, { code: "CONFIG_INVALID", hint });
}

function unreadable(file: string, { key, hint }: FilePlace, cause: unknown): AppError {
  return new AppError(`${key}: cannot read ${file}: ${messageOf(cause)}`, { code: "CONFIG_NOT_FOUND", hint, cause });
}
