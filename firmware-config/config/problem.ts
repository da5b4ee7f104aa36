import { AppError } from "../kit/errors.ts";

/** Steps from the document's root: keys, and numbers in lists. */
export type Path = readonly (string | number)[];

/** What a rule finds wrong; says what is allowed and never repeats a value, which may be a secret. */
export interface Fault {
  readonly path: Path;
  readonly text: string;
}

/** One thing that is wrong with a configuration file, and where. */
export interface Problem extends Fault {
  readonly line: number;
  readonly column: number;
}

const MAX_TOLD = 50;

/** All problems in the order of the file, the first fifty of them told. */
export function configError(file: string, problems: readonly Problem[]): AppError {
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  const rows = sorted
    .slice(0, MAX_TOLD)
    .map((problem) => `  ${file}:${problem.line}:${problem.column} ${say(problem)}`);
  if (sorted.length > MAX_TOLD) rows.push(`  and ${sorted.length - MAX_TOLD} more`);
  return new AppError(`The configuration is not valid:\n${rows.join("\n")}`, {
    code: "CONFIG_INVALID",
    hint: "Correct these places; the README has the reference of all keys.",
  });
}

/** The error for a file that as a whole is no configuration. */
export function fileError(file: string, text: string): AppError {
  return configError(file, [{ path: [], line: 1, column: 1, text }]);
}

function say({ path, text }: Problem): string {
  return path.length > 0 ? `${pathText(path)}: ${text}` : text;
}

/** `cameras[0].lines[1].to`. */
function pathText(path: Path): string {
  return path.map((step, i) => (typeof step === "number" ? `[${step}]` : `${i > 0 ? "." : ""}${step}`)).join("");
}
