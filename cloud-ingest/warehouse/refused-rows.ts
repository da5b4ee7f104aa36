import { type Column, type ColumnType, DATA_COLUMNS, type DataTable } from "./columns.ts";
import type { DataRow, RefusedRow, StoreOutcome } from "./port.ts";

/** The years that times of ours have four digits for. */
const FIRST_MS = Date.parse("0001-01-01T00:00:00Z");
const LAST_MS = Date.parse("9999-12-31T23:59:59.999Z");

/** Half a surrogate pair as JSON writes it; DuckDB's texts are UTF-8, which has none. */
const HALF_PAIR_JSON = /(?<!\\)(?:\\\\)*\\ud[89a-f][0-9a-f]{2}/;

/** What `store` says when it has stored nothing because of these. */
export function refusal(refused: readonly RefusedRow[], refusedRows: readonly RefusedRow[]): StoreOutcome {
  return { stored: 0, duplicate: 0, quarantined: 0, refused, ...(refusedRows.length > 0 && { refusedRows }) };
}

/** The rows with a value that its column cannot hold: found beside the work of a batch, so that one of them costs it next to nothing. */
export function refusedRows(rows: readonly DataRow[]): readonly RefusedRow[] {
  const refused: RefusedRow[] = [];
  for (const [index, { message }] of rows.entries()) {
    const wrong = misfitOf(message, CHECKS[message.kind]);
    if (wrong) refused.push({ index, reason: `${wrong.field} does not fit a column of type ${wrong.type}` });
  }
  return refused;
}

/** What a value of a column must be, besides there at all. */
type Check = Column & { readonly fits: (value: unknown) => boolean };

function misfitOf(fields: Readonly<Record<string, unknown>>, checks: readonly Check[]): Check | undefined {
  for (const check of checks) {
    const value = fields[check.field];
    if (value !== null && value !== undefined && !check.fits(value)) return check;
  }
  return undefined;
}

/** Messages that follow each other tell mostly the same times. */
function fitsTime(): (value: unknown) => boolean {
  let last: unknown;
  return (value) => {
    if (value === last) return true;
    if (typeof value !== "string" || !isTime(Date.parse(value))) return false;
    last = value;
    return true;
  };
}

const isTime = (ms: number) => ms >= FIRST_MS && ms <= LAST_MS;

const FITS: Readonly<Record<ColumnType, () => (value: unknown) => boolean>> = {
  integer: () => Number.isSafeInteger,
  number: () => Number.isFinite,
  boolean: () => (value) => typeof value === "boolean",
  date: fitsTime,
  timestamp: fitsTime,
  "local-time": fitsTime,
  text: () => (value) => typeof value === "string" && value.isWellFormed(),
  // A list of numbers has no text in it.
  json: () => (value) => isOfNumbers(value) || !HALF_PAIR_JSON.test(JSON.stringify(value)),
};

const isOfNumbers = (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === "number");

const checksOf = (table: DataTable): readonly Check[] =>
  DATA_COLUMNS[table].map((column) => ({ ...column, fits: FITS[column.type]() }));

const CHECKS: Readonly<Record<DataTable, readonly Check[]>> = {
  counts: checksOf("counts"),
  events: checksOf("events"),
  health: checksOf("health"),
};
