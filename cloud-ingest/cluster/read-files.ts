import { parse } from "csv-parse/sync";
import Type from "typebox";
import { AppError, messageOf } from "../../firmware-config/kit/errors.ts";
import { SchemaCheck } from "../../firmware-config/kit/schema-check.ts";
import { readTextFile } from "../../firmware-config/kit/text-file.ts";
import { MOST_ID } from "./match-ids.ts";
import type { Previous } from "./report.ts";

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_SERIES = 20_000;

const PreviousReport = new SchemaCheck(
  Type.Object({
    of: Type.Union([Type.Literal("series"), Type.Literal("days")]),
    series: Type.Array(
      Type.Object({ series: Type.String(), cluster: Type.Integer({ minimum: 1, maximum: MOST_ID }) }),
      {
        maxItems: MAX_SERIES,
      },
    ),
  }),
);

/** What an earlier run of the same kind printed with `--json`. Throws `AppError` for anything else. */
export async function readPrevious(file: string, of: Previous["of"]): Promise<Previous> {
  const hint = "Give what an earlier `kazoe cluster run --json` printed.";
  const value = await read(file, (text) => JSON.parse(text) as unknown, hint);
  if (!PreviousReport.check(value)) throw unfit(file, PreviousReport.faultOf(value), hint);
  const previous = value as unknown as Previous;
  if (previous.of === of) return previous;
  const [had, wanted] = of === "days" ? ["without", "with"] : ["with", "without"];
  throw unfit(file, `it is a run ${had} --days`, `Give what a run ${wanted} --days printed.`);
}

/** The client's own segment by series, from a CSV with the columns `series,segment`. Throws `AppError`. */
export async function readSegments(file: string): Promise<ReadonlyMap<string, string>> {
  const hint = "Write series,segment in the first line and a row for each series.";
  const rows = (await read(
    file,
    (text) => parse(text, { columns: (head: string[]) => head.map(lower), skip_empty_lines: true }),
    hint,
  )) as readonly Readonly<Record<string, string>>[];
  const found = rows.map(({ series, segment }) => [series, segment] as const);
  if (found.length === 0 || found.some(([series, segment]) => !series || segment === undefined))
    throw unfit(file, "a column is missing, or a row has no series", hint);
  return new Map(found.map(([series = "", segment = ""]) => [series, segment]));
}

const lower = (name: string) => name.trim().toLowerCase();

async function read(file: string, parsed: (text: string) => unknown, hint: string): Promise<unknown> {
  try {
    return parsed(await readTextFile(file, { maxBytes: MAX_BYTES }));
  } catch (error) {
    throw unfit(file, messageOf(error), hint, error);
  }
}

function unfit(file: string, why: string, hint: string, cause?: unknown): AppError {
  return new AppError(`${file} cannot be used: ${why}`, { code: "USAGE", hint, cause });
}
