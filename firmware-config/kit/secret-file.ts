import { type FileHandle, open } from "node:fs/promises";
import { AppError, messageOf } from "./errors.ts";

/** Where a configuration names a file, and what to do when it cannot be used. */
export interface FilePlace {
  /** Path in the configuration, e.g. `mqtt.tokenFile`. */
  readonly key: string;
  readonly hint: string;
}

const MAX_SECRET_BYTES = 4 * 1024;
const OTHERS = 0o007;

/**
 * The first line of a file that holds a secret, spaces and all. Throws `AppError` that names the file and its place in the
 * configuration, never its content, when it is missing, empty, too large, or open to every user of the machine.
 */
export async function readSecretFile(file: string, place: FilePlace): Promise<string> {
  const bytes = await readFileOf(file, place, { maxBytes: MAX_SECRET_BYTES, isSecret: true });
  const [secret = ""] = bytes.toString("utf8").split(/\r?\n/);
  if (secret === "") throw unusable(file, place, "is empty");
  return secret;
}

export interface FileLimits {
  readonly maxBytes: number;
  readonly isSecret: boolean;
}

/** A small file that the configuration names; throws `AppError` like `readSecretFile`. */
export async function readFileOf(file: string, place: FilePlace, limits: FileLimits): Promise<Buffer> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    return await readBounded(handle, limits);
  } catch (error) {
    if (error instanceof Unfit) throw unusable(file, place, error.message);
    throw unreadable(file, place, error);
  } finally {
    await handle?.close();
  }
}

/** A reason of our own why a file will not do. */
class Unfit extends Error {}

async function readBounded(handle: FileHandle, { maxBytes, isSecret }: FileLimits): Promise<Buffer> {
  const { mode } = await handle.stat();
  if (isSecret && process.platform !== "win32" && (mode & OTHERS) !== 0)
    throw new Unfit("is open to every user of this machine; chmod 600 closes it");
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxBytes + 1), 0, maxBytes + 1, 0);
  if (bytesRead > maxBytes) throw new Unfit(`is larger than ${maxBytes} bytes`);
  return buffer.subarray(0, bytesRead);
}

/** The error for a file that is there, but will not do. */
export function unusable(file: string, { key, hint }: FilePlace, why: string): AppError {
  return new AppError(`${key}: ${file} ${why}`, { code: "CONFIG_INVALID", hint });
}

function unreadable(file: string, { key, hint }: FilePlace, cause: unknown): AppError {
  return new AppError(`${key}: cannot read ${file}: ${messageOf(cause)}`, { code: "CONFIG_NOT_FOUND", hint, cause });
}
