import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  DuckDBDateValue,
  DuckDBTimestampValue,
  TIMESTAMP,
  VARCHAR,
} from "@duckdb/node-api";
import { type Column, type ColumnType, DATA_COLUMNS, type DataTable } from "../columns.ts";
import type { DataRow } from "../port.ts";
import type { FilledColumn, Session } from "./session.ts";

const DAY_MS = 86_400_000;

/** Fields of a row that its message does not have, or must not decide. */
const OWN: Readonly<Record<string, (row: DataRow) => unknown>> = {
  tenant: ({ identity }) => identity.tenant,
  store: ({ identity }) => identity.store,
  eventId: ({ eventId }) => eventId,
  date: ({ date }) => date,
  receivedAt: ({ receivedAt }) => receivedAt,
};

/** How a column's values are handed to DuckDB: such as `refusedRows` lets pass. */
interface Carrier {
  readonly type: DuckDBType;
  readonly carry: (value: unknown) => DuckDBValue;
}

const CARRIERS: Readonly<Record<ColumnType, () => Carrier>> = {
  text: () => ({ type: VARCHAR, carry: String }),
  integer: () => ({ type: BIGINT, carry: (value) => BigInt(Number(value)) }),
  number: () => ({ type: DOUBLE, carry: Number }),
  boolean: () => ({ type: BOOLEAN, carry: (value) => value === true }),
  date: () => ({ type: DATE, carry: remembered((text) => new DuckDBDateValue(Math.floor(Date.parse(text) / DAY_MS))) }),
  timestamp: () => ({ type: TIMESTAMP, carry: remembered(timestampOf) }),
  "local-time": () => ({ type: TIMESTAMP, carry: remembered(timestampOf) }),
  json: () => ({ type: VARCHAR, carry: (value) => JSON.stringify(value) }),
};

/** Inserts the rows, all of the table's kind and without any that `refusedRows` names. */
export async function insertRows(session: Session, table: DataTable, rows: readonly DataRow[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = DATA_COLUMNS[table].map((column) => filled(column, rows));
  await session.append(table, columns, rows.length);
}

function filled({ name, field, type }: Column, rows: readonly DataRow[]): FilledColumn {
  const { carry, ...carrier } = CARRIERS[type]();
  const fieldOf = OWN[field] ?? ((row) => fieldsOf(row)[field]);
  return {
    name,
    ...carrier,
    value: (index) => {
      const row = rows[index];
      const value = row && fieldOf(row);
      return value === null || value === undefined ? null : carry(value);
    },
  };
}

const fieldsOf = ({ message }: DataRow): Readonly<Record<string, unknown>> => message;

/** A batch has few dates, and many messages of one minute, one behind the other. */
function remembered(make: (text: string) => DuckDBValue): (value: unknown) => DuckDBValue {
  const known = new Map<unknown, DuckDBValue>();
  let last: unknown;
  let made: DuckDBValue = null;
  return (value) => {
    if (value === last) return made;
    made = known.get(value) ?? make(String(value));
    known.set(value, made);
    last = value;
    return made;
  };
}

const timestampOf = (text: string) => new DuckDBTimestampValue(BigInt(Date.parse(text)) * 1000n);
