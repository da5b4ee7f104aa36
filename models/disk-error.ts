import { AppError, messageOf, systemCodeOf } from "../firmware-config/kit/errors.ts";

const FULL: readonly string[] = ["ENOSPC", "EDQUOT"];
const UNWRITABLE: readonly string[] = ["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"];

/** Runs work on the models folder; a full or read-only disk becomes an `AppError` that names the folder. */
export async function onModelsDisk<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskError(folder, error);
  }
}

function diskError(folder: string, error: unknown): unknown {
  if (error instanceof AppError) return error;
  const code = systemCodeOf(error) ?? "";
  if (FULL.includes(code)) return diskFull(folder, error);
  if (!UNWRITABLE.includes(code)) return error;
  return new AppError(`Cannot write to the models folder ${folder}: ${messageOf(error)}`, {
    code: "DISK_UNWRITABLE",
    hint: "Make the folder writable for this user, or choose another one.",
    cause: error,
  });
}

/** No room in a folder; the same command goes on where it stopped. */
export function diskFull(folder: string, cause: unknown): AppError {
  return new AppError(`The disk is full: ${folder}`, {
    code: "DISK_FULL",
    hint: "Free about 50 MB and run the same command again; it goes on where it stopped.",
    cause,
    retryable: true,
  });
}
