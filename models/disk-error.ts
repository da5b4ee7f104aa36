import { AppError } from "../firmware-config/kit/errors.ts";
import { onDisk } from "../firmware-config/kit/on-disk.ts";

/** What to do when the models folder's disk is full. */
export const FREE_SOME = "Free about 50 MB and run the same command again; it goes on where it stopped.";

/** Runs work on a file of the models folder or on the folder; a full or read-only disk becomes an `AppError` that names it. */
export function onModelsDisk<T>(place: string, work: () => Promise<T>): Promise<T> {
  return onDisk(place, work, FREE_SOME);
}

/** No room in a folder; the same command goes on where it stopped. */
export function diskFull(folder: string, cause: unknown): AppError {
  return new AppError(`The disk is full: ${folder}`, { code: "DISK_FULL", hint: FREE_SOME, cause, retryable: true });
}
