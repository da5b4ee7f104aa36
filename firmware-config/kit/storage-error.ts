import type { ErrorCode } from "./error-codes.ts";
import { AppError, messageOf, systemCodeOf } from "./errors.ts";

interface Translation {
  readonly code: ErrorCode;
  /** In codes and messages of an error and of its causes. */
  readonly words: RegExp;
  readonly what: (place: string) => string;
  readonly hint: string;
  readonly retryable?: boolean;
}

const GOES_ON = "nothing already counted is lost and work goes on by itself.";

/** What the machine lacks for a while; the same call may succeed later. */
const MACHINE: readonly Translation[] = [
  {
    code: "DISK_FULL",
    words: /ENOSPC|EDQUOT|no space left|disk quota/i,
    what: (place) => `The disk is full: ${place}`,
    hint: `Free some space; ${GOES_ON}`,
  },
  {
    code: "OUT_OF_MEMORY",
    words: /ENOMEM|out of memory|cannot allocate memory|bad_alloc|bad allocation|array buffer allocation failed/i,
    what: (place) => `Not enough memory for ${place}`,
    hint: `Free some memory; ${GOES_ON}`,
  },
  {
    code: "TOO_MANY_FILES",
    words: /EMFILE|ENFILE|too many open files/i,
    what: (place) => `Too many files are open: ${place}`,
    hint: `Raise the limit of open files (ulimit -n); ${GOES_ON}`,
  },
  {
    code: "FILE_TOO_LARGE",
    words: /EFBIG|file too large/i,
    what: (place) => `A file may not grow any more: ${place}`,
    hint: `Raise the limit of a file's size (ulimit -f); ${GOES_ON}`,
  },
  {
    code: "DISK_FAILED",
    words: /\bEIO\b|ESTALE|input\/output error|i\/o error \(|stale file handle/i,
    what: (place) => `The disk fails: ${place}`,
    hint: `Look into the system's log and replace the disk; ${GOES_ON}`,
  },
];

const LASTING: readonly Translation[] = [
  // First: DuckDB's text about a lock also says that the file could be opened read-only.
  {
    code: "STORE_LOCKED",
    words: /LEVEL_LOCKED|could not set lock|already held/i,
    what: (place) => `Another process has ${place} open`,
    hint: "Stop that process (another kazoe, or a tool that reads the data), or give this one a dataDir of its own.",
  },
  {
    code: "DISK_UNWRITABLE",
    // Node says ENOENT of a folder that it cannot make, with those above it, on a read-only disk.
    words:
      /EACCES|EPERM|EROFS|ENOTDIR|EEXIST|EISDIR|ENAMETOOLONG|read-only|permission denied|not a directory|ENOENT[^\n]*, mkdir/i,
    what: (place) => `Cannot write to ${place}`,
    hint: "Make the folder writable for this user, or name another one as dataDir.",
  },
];

const CORRUPT = /LEVEL_CORRUPTION|corrupt|IO error: .*(no such file|invalid argument)/i;

/**
 * Turns a failure of the disk or of a store on it into an `AppError` that names the place and what to do. What nobody knows is the
 * store's trouble too, never that of the data it was given: it may be tried again.
 */
export function storageError(error: unknown, place: string): AppError {
  if (error instanceof AppError) return error;
  const text = textOf(error);
  const machine = MACHINE.find(({ words }) => words.test(text));
  const known = machine ?? LASTING.find(({ words }) => words.test(text));
  if (known) {
    const { code, what, hint } = known;
    return new AppError(what(place), { code, hint, cause: error, retryable: machine !== undefined });
  }
  if (CORRUPT.test(text)) {
    return new AppError(`Damaged files in ${place}: ${messageOf(error)}`, {
      code: "STORE_CORRUPT",
      hint: "Move the folder aside (keep it for rescue) and start again.",
      cause: error,
    });
  }
  return new AppError(`Cannot use ${place}: ${messageOf(error)}`, {
    code: "INTERNAL",
    hint: "It is tried again; when it stays, report it with the log.",
    cause: error,
    retryable: true,
  });
}

/** The same for what a command was asked to write, which ends with it: its hint speaks of that command alone. */
export function outputError(error: unknown, place: string, option = "--out"): AppError {
  const { code, message } = storageError(error, place);
  const hint = `Mend that or name another place with ${option}, and run the command again.`;
  return new AppError(message, { code, hint, cause: error });
}

/** True when memory, open files or the disk itself failed: that says nothing about what was to be read or written. */
export function isMachineTrouble(error: unknown): boolean {
  const text = textOf(error);
  return MACHINE.some(({ words }) => words.test(text));
}

/** Codes and messages of an error and of all its causes, in one text. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${systemCodeOf(error) ?? ""} ${error.message} ${error.cause === undefined ? "" : textOf(error.cause)}`;
}
