import { AppError } from "../../../firmware-config/kit/errors.ts";

/** Linux's limit of a path is 4,096 bytes (PATH_MAX) with its end; the longest name that we put below the data folder has 130. */
const LONGEST_PATH = 3900;
/** Of one folder's name (NAME_MAX). */
const LONGEST_NAME = 255;

interface Rule {
  readonly words: RegExp;
  readonly text: string;
}

/**
 * Seen with DuckDB 1.5: it looks for its log in another folder behind `?`, and reads the Parquet files of every folder that a
 * pattern fits. A `#`, `%`, quote, blank, `{`, backslash, tilde, colon or `:memory:` in an absolute path does no harm.
 */
const RULES: readonly Rule[] = [
  { words: /\?/, text: 'holds "?", behind which DuckDB looks for another file' },
  { words: /\*/, text: 'holds "*", which DuckDB reads as a pattern for other folders too' },
  { words: /\[/, text: 'holds "[", which DuckDB reads as a pattern for other folders' },
  { words: /\0/, text: "holds a NUL character" },
  { words: /\p{Surrogate}|\ufffd/u, text: "holds what is not UTF-8" },
];

/** Why DuckDB cannot work in a folder of that absolute path; undefined when it can. */
export function pathFault(path: string): string | undefined {
  const broken = RULES.find(({ words }) => words.test(path));
  if (broken) return `${broken.text}; name another folder`;
  const isTooLong =
    Buffer.byteLength(path) > LONGEST_PATH || path.split("/").some((name) => Buffer.byteLength(name) > LONGEST_NAME);
  return isTooLong ? "is too long; name another folder" : undefined;
}

/** Throws `AppError` for such a folder. */
export function refuseUnreadablePath(path: string): void {
  const text = pathFault(path);
  if (text === undefined) return;
  throw new AppError(`The warehouse's folder ${text}: ${path}`, {
    code: "CONFIG_INVALID",
    hint: "Give dataDir the path of another folder.",
  });
}
