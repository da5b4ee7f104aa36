import { randomUUID } from "node:crypto";
import { open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { AppError, messageOf, systemCodeOf } from "./errors.ts";
import { makeFolder } from "./make-folder.ts";
import { storageError } from "./storage-error.ts";

/** What a disk says that takes nothing: full, read-only, not ours, or something else stands there. */
const REFUSALS: readonly string[] = [
  "ENOSPC",
  "EDQUOT",
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOTDIR",
  "EEXIST",
  "EISDIR",
  "ENAMETOOLONG",
  "EFBIG",
  "EIO",
];

/**
 * Runs work that writes to `place`, a file or folder; what the disk refuses becomes an `AppError` that names it, with `hint` in
 * place of the usual one when the disk is full. Any other failure is thrown as it is.
 */
export async function onDisk<T>(place: string, work: () => Promise<T>, hint?: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskError(place, error, hint);
  }
}

/** Node says ENOENT of a folder that it cannot make, with those above it, on a read-only disk. */
function isRefusal(error: unknown): boolean {
  const code = systemCodeOf(error) ?? "";
  return REFUSALS.includes(code) || (code === "ENOENT" && /, mkdir /.test(messageOf(error)));
}

function diskError(place: string, error: unknown, hint: string | undefined): unknown {
  if (error instanceof AppError || !isRefusal(error)) return error;
  const failure = storageError(error, place);
  if (hint === undefined || failure.code !== "DISK_FULL") return failure;
  return new AppError(failure.message, { code: failure.code, hint, cause: error, retryable: failure.retryable });
}

/** Begins the name of what is not whole yet, beside the place where it is to stand. */
export const DRAFT_PREFIX = ".tmp-";

export interface WholeFile {
  /** What is in it, at once or part by part. */
  readonly parts: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;
  /** Default: what the process gives. */
  readonly mode?: number;
  /** What to do when the disk is full; default: `storageError`'s. */
  readonly hint?: string;
}

/**
 * Throws `AppError` DISK_UNWRITABLE where something stands that is no file. A rename would put one in the place of a device: of
 * /dev/null for the whole machine.
 */
export async function assertReplaceable(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || found.isFile()) return;
  throw new AppError(`${path} is no regular file`, {
    code: "DISK_UNWRITABLE",
    hint: "Name a file, or one that is not there yet.",
  });
}

/**
 * Writes a file, and the folders above it, that is either whole or as it was before, whoever else writes it and whenever we
 * die. Throws `AppError` DISK_FULL or DISK_UNWRITABLE with its name.
 */
export function writeWhole(path: string, { parts, mode, hint }: WholeFile): Promise<void> {
  const write = async () => {
    await makeFolder(dirname(path));
    await assertReplaceable(path);
    const draft = join(dirname(path), `${DRAFT_PREFIX}${basename(path)}-${randomUUID()}`);
    try {
      const file = await open(draft, "wx", mode);
      try {
        for await (const part of parts) await file.appendFile(part);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  };
  return onDisk(path, write, hint);
}
