// csv-parse: the most used CSV parser of Node that streams (MIT, no dependencies, kept since 2010).
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CsvError, parse } from "csv-parse";
import { AppError, systemCodeOf } from "../../../firmware-config/kit/errors.ts";
import { openRegular, UnfitFile } from "../../../firmware-config/kit/text-file.ts";
import { type ReadSeries, SeriesRows } from "./series-rows.ts";

const HEAD = ["series", "time", "value"];
/** Longer than any name. */
const MOST_LINE_BYTES = 10_000;

/** Told with each chunk how many of how many bytes are read. */
export type OnBytes = (done: number, whole: number) => void;

/** Stands for the standard input. */
export const STDIN = "-";

/**
 * Reads `series,time,value` from a regular file, or from standard input for `-`, row by row. Throws `AppError` with the line of what
 * it cannot read, and as soon as it is more than what is judged at once.
 */
export async function readSeries(file: string, onBytes: OnBytes, signal?: AbortSignal): Promise<ReadSeries> {
  const rows = new SeriesRows();
  let columns: readonly number[] | undefined;
  const parser = parse({
    bom: true,
    skip_empty_lines: true,
    max_record_size: MOST_LINE_BYTES,
    on_record: (fields: readonly string[], { lines }: { lines: number }) => {
      if (columns) rows.add(fields[columns[0]!] ?? "", fields[columns[1]!] ?? "", fields[columns[2]!] ?? "", lines);
      else columns = columnsOf(fields);
      return null;
    },
  });
  parser.resume();
  const name = file === STDIN ? "The standard input" : file;
  try {
    const { bytes, size } = await openSource(file);
    let done = 0;
    bytes.on("data", (chunk: Buffer) => {
      done += chunk.length;
      onBytes(done, size);
    });
    await pipeline(bytes, parser, { ...(signal && { signal }) });
  } catch (error) {
    throw explained(error, name);
  }
  if (!columns)
    throw new AppError(`${name} is empty`, { code: "USAGE", hint: `Write the line "${HEAD.join(",")}" first.` });
  if (rows.rows === 0)
    throw new AppError(`${name} has the names of its columns and no rows: there is nothing to judge`, {
      code: "USAGE",
      hint: "Write a row for each hour or date of each series below them.",
    });
  return rows.finish();
}

/** `size` is 0 where nobody can know it. */
async function openSource(file: string): Promise<{ readonly bytes: Readable; readonly size: number }> {
  if (file === STDIN) return { bytes: process.stdin, size: 0 };
  const handle = await openRegular(file);
  return { bytes: handle.createReadStream(), size: (await handle.stat()).size };
}

function columnsOf(fields: readonly string[]): readonly number[] {
  const names = fields.map((field) => field.trim().toLowerCase());
  const columns = HEAD.map((name) => names.indexOf(name));
  if (!columns.includes(-1)) return columns;
  throw new AppError(`Line 1: the columns are ${JSON.stringify(fields.join(","))}`, {
    code: "USAGE",
    hint: `Name them "${HEAD.join(",")}"; others may stand beside them.`,
  });
}

/** What is wrong with a line, by the parser's code. */
const WRONG: Readonly<Record<string, string>> = {
  CSV_MAX_RECORD_SIZE: `a row of more than ${MOST_LINE_BYTES} bytes, or a quotation mark that is not closed`,
  CSV_QUOTE_NOT_CLOSED: "a quotation mark is not closed",
  CSV_INVALID_CLOSING_QUOTE: "something follows a closing quotation mark; only a comma may",
  INVALID_OPENING_QUOTE: 'a quotation mark within a value; write the value as "...", and the mark in it twice',
};

function explained(error: unknown, name: string): unknown {
  if (error instanceof CsvError) {
    const what = error.code.includes("INCONSISTENT")
      ? "not as many values as the first line has columns"
      : (WRONG[error.code] ?? "no row of a CSV file");
    return new AppError(`Line ${error.lines}: ${what}`, { code: "USAGE", hint: `Mend ${name}.`, cause: error });
  }
  const isRefused = error instanceof UnfitFile;
  if (isRefused || ["ENOENT", "EACCES", "EISDIR"].includes(systemCodeOf(error) ?? ""))
    return new AppError(isRefused ? `${name} is ${error.message}` : `${name} cannot be read`, {
      code: "USAGE",
      hint: `Give the path of a CSV file, or ${STDIN} for the standard input.`,
      cause: error,
    });
  return error;
}
