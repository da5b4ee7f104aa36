import { AppError, messageOf, systemCodeOf } from "./errors.ts";

/** Turns a failure of the disk or of a store on it into an `AppError` that names the place and what to do. */
export function storageError(error: unknown, place: string): AppError {
  if (error instanceof AppError) return error;
  const text = textOf(error);
  if (/ENOSPC|EDQUOT|no space left|disk quota/i.test(text)) {
    return new AppError(`The disk is full: ${place}`, {
      code: "DISK_FULL",
      hint: "Free some space; nothing already counted is lost and work goes on by itself.",
      cause: error,
      retryable: true,
    });
  }
  if (/EACCES|EPERM|EROFS|ENOTDIR|EEXIST|read-only|permission denied|not a directory/i.test(text)) {
    return new AppError(`Cannot write to ${place}`, {
      code: "DISK_UNWRITABLE",
      hint: "Make the folder writable for this user, or name another one as dataDir.",
      cause: error,
    });
  }
  if (/LEVEL_LOCKED|could not set lock|already held/i.test(text)) {
    return new AppError(`Another process has ${place} open`, {
      code: "STORE_LOCKED",
      hint: "Stop the other kazoe process, or give this one a dataDir of its own.",
      cause: error,
    });
  }
  if (/LEVEL_CORRUPTION|corrupt|IO error: .*(no such file|invalid argument)/i.test(text)) {
    return new AppError(`Damaged files in ${place}: ${messageOf(error)}`, {
      code: "STORE_CORRUPT",
      hint: "Move the folder aside (keep it for rescue) and start again.",
      cause: error,
    });
  }
  return new AppError(`Cannot use ${place}: ${messageOf(error)}`, {
    code: "INTERNAL",
    hint: "Report this with the log.",
    cause: error,
  });
}

/** Codes and messages of an error and of all its causes, in one text. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${systemCodeOf(error) ?? ""} ${error.message} ${error.cause === undefined ? "" : textOf(error.cause)}`;
}
