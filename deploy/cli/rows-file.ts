import { CsvError } from "csv-parse";
import { parse } from "csv-parse/sync";
import Type from "typebox";
import { MOST_ROW_CHARACTERS, MOST_ROWS } from "../../cloud-ingest/rows/intake.ts";
import { ROW_TABLES, type RowTable } from "../../firmware-config/contract/row.ts";
import { AppError, systemCodeOf } from "../../firmware-config/kit/errors.ts";
import { safeLine } from "../../firmware-config/kit/safe-text.ts";
import { readTextFile, UnfitFile } from "../../firmware-config/kit/text-file.ts";

/** A row of a file as its JSON text, and the line on which it ends. */
export interface FileRow {
  readonly line: number;
  readonly text: string;
}

export interface RowsFileOptions {
  readonly table: RowTable | undefined;
  readonly tenant: string | undefined;
  readonly store: string | undefined;
}

/** A year of hourly corrections of a hundred doors; more goes in several files. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;
/** What one request to a running cloud half holds, of the 4 MiB that it takes: JSON writes some characters as six. */
const PORTION_CHARACTERS = 512 * 1024;
/** Columns that every row has. */
const ENVELOPE = ["tenant", "store", "table", "key", "version", "date"];

/** Reads rows from `.csv`, or JSON lines from any other file. Throws USAGE for a file that is none; what a row says is judged later. */
export async function readRowsFile(file: string, options: RowsFileOptions): Promise<readonly FileRow[]> {
  const text = await textOf(file);
  const rows = /\.csv$/i.test(file) ? csvRows(file, text, options) : jsonRows(text, options);
  if (rows.length > 0) return rows;
  throw new AppError(`${file} has no rows`, { code: "USAGE", hint: "Write a row on each line." });
}

/** In their order, each portion as one request takes it. */
export function* rowPortions(rows: readonly FileRow[]): Generator<readonly FileRow[]> {
  let portion: FileRow[] = [];
  let characters = 0;
  for (const row of rows) {
    if (portion.length > 0 && (portion.length >= MOST_ROWS || characters + row.text.length > PORTION_CHARACTERS)) {
      yield portion;
      portion = [];
      characters = 0;
    }
    portion.push(row);
    characters += row.text.length;
  }
  if (portion.length > 0) yield portion;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readTextFile(file, { maxBytes: MAX_FILE_BYTES });
  } catch (error) {
    const isRefused = error instanceof UnfitFile;
    if (!isRefused && systemCodeOf(error) === undefined) throw error;
    throw new AppError(isRefused ? `${file} is ${error.message}` : `${file} cannot be read`, {
      code: "USAGE",
      hint: "Give the path of a .csv file, or of one with a JSON object on each line.",
      cause: error,
    });
  }
}

/** What is no object goes as it is: quarantine has it so, with the reason. */
function jsonRows(text: string, options: RowsFileOptions): readonly FileRow[] {
  return text.split("\n").flatMap((line, at) => {
    if (line.trim() === "") return [];
    return [{ line: at + 1, text: withDefaults(line.slice(0, MOST_ROW_CHARACTERS), options) }];
  });
}

function withDefaults(line: string, options: RowsFileOptions): string {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return line;
    return JSON.stringify({ ...defaultsOf(options), ...value });
  } catch {
    return line;
  }
}

const defaultsOf = ({ table, tenant, store }: RowsFileOptions) => ({
  ...(tenant !== undefined && { tenant }),
  ...(store !== undefined && { store }),
  ...(table !== undefined && { table }),
});

function csvRows(file: string, text: string, options: RowsFileOptions): readonly FileRow[] {
  const { table } = options;
  if (table === undefined)
    throw new AppError("A CSV file does not say what its rows are", { code: "USAGE", hint: "Give --table." });
  const columns = new Map<string, Type.TSchema>(Object.entries(ROW_TABLES[table].properties));
  const rows: FileRow[] = [];
  let head: readonly string[] | undefined;
  const take = (fields: readonly string[], { lines: line }: { readonly lines: number }) => {
    if (!head) head = headOf(file, fields, columns);
    else if (fields.length !== head.length)
      throw atLine(file, line, `${fields.length} values under ${head.length} columns`);
    else rows.push({ line, text: JSON.stringify(rowOf(head, fields, { ...options, columns })) });
    return null;
  };
  try {
    parse(text, {
      ...{ skip_empty_lines: true, relax_column_count: true, trim: true, max_record_size: MOST_ROW_CHARACTERS },
      on_record: take,
    });
  } catch (error) {
    if (error instanceof CsvError)
      throw atLine(file, Number(error.lines), WRONG[error.code] ?? "no row of a CSV file", error);
    throw error;
  }
  return rows;
}

const WRONG: Readonly<Record<string, string>> = {
  CSV_MAX_RECORD_SIZE: `a row of more than ${MOST_ROW_CHARACTERS - 1} characters, or a quotation mark that is not closed`,
  CSV_QUOTE_NOT_CLOSED: "a quotation mark is not closed",
  CSV_INVALID_CLOSING_QUOTE: "something follows a closing quotation mark; only a comma may",
  INVALID_OPENING_QUOTE: 'a quotation mark within a value; write the value as "...", and the mark in it twice',
};

function headOf(file: string, fields: readonly string[], columns: CsvOptions["columns"]): readonly string[] {
  const known = [...ENVELOPE, ...columns.keys()];
  const unknown = fields.find((field) => !known.includes(field));
  if (unknown !== undefined)
    throw atLine(file, 1, `there is no column ${JSON.stringify(safeLine(unknown, 40))}; there are ${known.join(", ")}`);
  const twice = fields.find((field, at) => fields.indexOf(field) !== at);
  if (twice !== undefined) throw atLine(file, 1, `the column ${twice} is there twice`);
  return fields;
}

interface CsvOptions extends RowsFileOptions {
  readonly columns: ReadonlyMap<string, Type.TSchema>;
}

/** An empty cell says nothing; a whole number is one where a text would be none. */
function rowOf(head: readonly string[], fields: readonly string[], { columns, ...options }: CsvOptions): object {
  const row: Record<string, unknown> = defaultsOf(options);
  const own: Record<string, unknown> = {};
  head.forEach((name, at) => {
    const cell = fields[at] ?? "";
    if (cell === "") return;
    if (columns.has(name)) own[name] = cellValue(cell, columns.get(name));
    else row[name] = name === "version" && WHOLE.test(cell) ? Number(cell) : cell;
  });
  return { ...row, columns: own };
}

const WHOLE = /^-?\d{1,16}$/;
const DECIMAL = /^[-+]?\d{1,16}(\.\d{1,20})?(e[-+]?\d{1,3})?$/i;
const BOOLEANS: Readonly<Record<string, boolean>> = {
  yes: true,
  true: true,
  "1": true,
  no: false,
  false: false,
  "0": false,
};

/** A cell as its column has it; what is none stays a text, and is refused as such. */
function cellValue(cell: string, schema: Type.TSchema | undefined): unknown {
  if (schema === undefined) return cell;
  if (Type.IsInteger(schema) && WHOLE.test(cell)) return Number(cell);
  if (Type.IsNumber(schema) && DECIMAL.test(cell)) return Number(cell);
  return Type.IsBoolean(schema) ? (BOOLEANS[cell.toLowerCase()] ?? cell) : cell;
}

function atLine(file: string, line: number, what: string, cause?: unknown): AppError {
  return new AppError(`${file}:${line}: ${what}`, {
    code: "USAGE",
    hint: "Mend the file; nothing of it was taken.",
    cause,
  });
}
