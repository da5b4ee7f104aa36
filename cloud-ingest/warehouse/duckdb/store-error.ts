import { AppError, messageOf } from "../../../firmware-config/kit/errors.ts";
import { storageError } from "../../../firmware-config/kit/storage-error.ts";

/** Messages of DuckDB that mean a damaged file. */
const CORRUPT =
  /not a valid DuckDB database|corrupt|could not read enough bytes|no magic bytes|No files found that match|TProtocol|Snappy/i;

/** Turns a failure of DuckDB into an `AppError` that names the folder and what to do. */
export function storeError(error: unknown, dir: string): AppError {
  if (error instanceof AppError) return error;
  const text = messageOf(error);
  if (CORRUPT.test(text) && !/no space left/i.test(text)) {
    return new AppError(`Damaged file in ${dir}: ${text}`, {
      code: "STORE_CORRUPT",
      hint: "Stop kazoe and put the file back from a backup; without hot.duckdb the Parquet days are taken up again.",
      cause: error,
    });
  }
  return storageError(error, dir);
}

/** True after a failure that leaves DuckDB unusable until it is opened anew, such as a full disk at a checkpoint. */
export function isFatal(error: unknown): boolean {
  return /FATAL|database has been invalidated/i.test(messageOf(error));
}
