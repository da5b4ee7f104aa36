import { basename, dirname, join, relative } from "node:path";
import { AppError, messageOf } from "../../../firmware-config/kit/errors.ts";
import { isMachineTrouble, storageError } from "../../../firmware-config/kit/storage-error.ts";

/** DuckDB's words for a damaged Parquet file, or one that is listed and not there. */
const PARQUET_DAMAGE =
  /no magic bytes|No files found that match|TProtocol|Snappy|Zstd|could not read enough bytes|\.parquet.*(corrupt|too small)/i;
/** For a block of the database file that is not what was written, or not there. */
const HOT_DAMAGE = /Corrupt database file|Could not read enough bytes from file "[^"]*\.duckdb"/i;
/** For a database file that cannot be opened at all. Only said while opening: DuckDB uses these words for faults of its own too. */
const UNREADABLE =
  /not a valid DuckDB database|Is a directory|INTERNAL Error|Serialization Error|deserialize|replaying WAL|WAL file/i;
const LOG_UNUSABLE = /replaying WAL|WAL file|read WAL of version/i;
const LOCKED = /could not set lock/i;
const NO_ACCESS = /permission denied|operation not permitted|read-only file system|could not set lock|interrupted/i;
/** For a disk that has no room for what does not fit into memory. */
const SPILL_FULL = /max_temp_directory_size|failed to offload data block/i;
/** DuckDB's own limit, not the machine's memory; it tells how much of it is used. */
const LIMIT_REACHED = /(out of memory error|failed to pin block|could not allocate block).*\/.* used\)/i;

/** Turns a failure of DuckDB into an `AppError` that names the file inside the data folder and what to do. */
export function storeError(error: unknown, dir: string): AppError {
  if (error instanceof AppError) return error;
  const text = messageOf(error);
  if (SPILL_FULL.test(text)) {
    return new AppError(`The disk has no room for what does not fit into memory: ${basename(dir)}/tmp`, {
      code: "DISK_FULL",
      hint: "Free some space; nothing already counted is lost and work goes on by itself.",
      cause: error,
      retryable: true,
    });
  }
  if (LIMIT_REACHED.test(text)) {
    return new AppError("The warehouse needs more memory than its limit", {
      code: "OUT_OF_MEMORY",
      hint: "Set a larger warehouse.memoryMb in the configuration if this stays; nothing already counted is lost and work goes on by itself.",
      cause: error,
      retryable: true,
    });
  }
  return damageError(error, dir) ?? storageError(error, fileOf(text, dir));
}

function damageError(error: unknown, dir: string): AppError | undefined {
  const text = withoutFolder(messageOf(error), dir);
  if (isDamage(error) || /not a valid DuckDB database/i.test(text)) {
    return new AppError(`Damaged file ${fileOf(messageOf(error), dir)}: ${text}`, {
      code: "STORE_CORRUPT",
      hint: "What can be read of it is rescued when it is opened next, and the inbox serves again what is missing.",
      cause: error,
      retryable: true,
    });
  }
  if (!PARQUET_DAMAGE.test(text)) return undefined;
  return new AppError(`Damaged file in ${basename(dir)}: ${text}`, {
    code: "STORE_CORRUPT",
    hint: "Put the file back from a backup.",
    cause: error,
  });
}

/** True after a failure that leaves DuckDB unusable until it is opened anew, such as a full disk at a checkpoint. */
export function isFatal(error: unknown): boolean {
  return /FATAL|database has been invalidated/i.test(messageOf(error));
}

/** True when a block of the database file is not what was written; a disk that fails or is full says nothing about that. */
export function isDamage(error: unknown): boolean {
  return HOT_DAMAGE.test(messageOf(error)) && !isOfTheMachine(error);
}

/** True when an opening failed because of what is in the files, and not of the machine. Only to be asked while opening. */
export function isUnreadable(error: unknown): boolean {
  return UNREADABLE.test(messageOf(error)) && !isOfTheMachine(error);
}

/** True when an opening failed at what is in the log and not in the database file. */
export function isLogUnusable(error: unknown): boolean {
  return LOG_UNUSABLE.test(messageOf(error)) && !isOfTheMachine(error);
}

/** A good file must never be put aside because the machine could not read or write it just now. */
function isOfTheMachine(error: unknown): boolean {
  return isMachineTrouble(error) || NO_ACCESS.test(messageOf(error));
}

/** True while another process has the file open. */
export function isLocked(error: unknown): boolean {
  return LOCKED.test(messageOf(error));
}

/** The file that a text names in quotes, from the data folder on; the warehouse's folder when it names none of ours. */
function fileOf(text: string, dir: string): string {
  const paths = [...text.matchAll(/"([^"\n]+)"|'([^'\n]+)'/g)].map(([, one, other]) => one ?? other ?? "");
  const ours = paths.find((path) => path.startsWith(join(dir, "/")));
  return ours === undefined ? basename(dir) : relative(dirname(dir), ours);
}

function withoutFolder(text: string, dir: string): string {
  return text.replaceAll(join(dirname(dir), "/"), "");
}
