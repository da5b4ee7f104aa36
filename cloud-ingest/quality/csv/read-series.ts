// csv-parse: the most used CSV parser of Node that streams (MIT, no dependencies, kept since 2010).
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { CsvError, parse } from "csv-parse";
import { AppError, systemCodeOf } from "../../../firmware-config/kit/errors.ts";
import { type ReadSeries, SeriesRows } from "./series-rows.ts";

const HEAD = ["series", "time", "value"];
/** Longer than any name. */
const MOST_LINE_BYTES = 10_000;

/** Told with each chunk how many of how many bytes are read. */
export type OnBytes = (done: number, whole: number) => void;

/**
 * Reads `series,time,value` from a file, row by row. Throws `AppError` with the line of what it cannot read, and when the file is
 * larger than what is judged at once.
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
  try {
    const { size } = await stat(file);
    let done = 0;
    const source = createReadStream(file).on("data", (chunk) => {
      done += chunk.length;
      onBytes(done, size);
    });
    await pipeline(source, parser, { ...(signal && { signal }) });
  } catch (error) {
    throw explained(error, file);
  }
  if (!columns)
    throw new AppError(`${file} is empty`, { code: "USAGE", hint: `Write the line "${HEAD.join(",")}" first.` });
  return rows.finish();
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

function explained(error: unknown, file: string): unknown {
  if (error instanceof CsvError)
    return new AppError(`Line ${error.lines}: ${error.message}`, {
      code: "USAGE",
      hint: `Mend ${file}.`,
      cause: error,
    });
  if (["ENOENT", "EACCES", "EISDIR"].includes(systemCodeOf(error) ?? ""))
    return new AppError(`${file} cannot be read`, {
      code: "USAGE",
      hint: "Give the path of a CSV file.",
      cause: error,
    });
  return error;
}
