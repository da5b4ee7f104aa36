import { type ColumnType, DATA_COLUMNS } from "./columns.ts";
import type { DataRow, RefusedRow, StoreOutcome } from "./port.ts";

/** The years that times of ours have four digits for. */
const FIRST_MS = Date.parse("0001-01-01T00:00:00Z");
const LAST_MS = Date.parse("9999-12-31T23:59:59.999Z");

/** Half a surrogate pair; DuckDB's texts are UTF-8, which has none. */
const HALF_PAIR = /\p{Surrogate}/u;
/** The same as JSON writes it. */
const HALF_PAIR_JSON = /(?<!\\)(?:\\\\)*\\ud[89a-f][0-9a-f]{2}/;

/** What `store` says when it has stored nothing because of these. */
export function refusal(refused: readonly RefusedRow[], refusedRows: readonly RefusedRow[]): StoreOutcome {
  return { stored: 0, duplicate: 0, quarantined: 0, refused, ...(refusedRows.length > 0 && { refusedRows }) };
}

/** The rows with a value that its column cannot hold: found beside the work of a batch, so that one of them costs it next to nothing. */
export function refusedRows(rows: readonly DataRow[]): readonly RefusedRow[] {
  return rows.flatMap((row, index) => {
    const reason = reasonOf(row);
    return reason === undefined ? [] : [{ index, reason }];
  });
}

function reasonOf({ message }: DataRow): string | undefined {
  const fields: Readonly<Record<string, unknown>> = message;
  const wrong = DATA_COLUMNS[message.kind].find(({ field, type }) => !fits(fields[field], type));
  return wrong && `${wrong.field} does not fit a column of type ${wrong.type}`;
}

function fits(value: unknown, type: ColumnType): boolean {
  if (value === null || value === undefined) return true;
  switch (type) {
    case "integer":
      return Number.isSafeInteger(value);
    case "number":
      return Number.isFinite(value);
    case "boolean":
      return typeof value === "boolean";
    case "date":
    case "timestamp":
    case "local-time":
      return typeof value === "string" && isTime(Date.parse(value));
    case "text":
      return typeof value === "string" && !HALF_PAIR.test(value);
    case "json":
      return !HALF_PAIR_JSON.test(JSON.stringify(value));
  }
}

const isTime = (ms: number) => ms >= FIRST_MS && ms <= LAST_MS;
