import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBType,
  type DuckDBValue,
  LIST,
  STRUCT,
  TIME,
  TIMESTAMP,
  VARCHAR,
} from "@duckdb/node-api";
import { dateOfDays, timestampMicros, timestampText } from "../bigquery/values.ts";
import { invalidQuery } from "./sql-error.ts";
import type { SqlType } from "./types.ts";

const DAY_MS = 86_400_000;
const NUMERIC_SCALE = 9;

const TYPES = {
  INT64: BIGINT,
  NULL: BIGINT,
  FLOAT64: DOUBLE,
  NUMERIC: DECIMAL(38, NUMERIC_SCALE),
  BOOL: BOOLEAN,
  STRING: VARCHAR,
  JSON: VARCHAR,
  BYTES: BLOB,
  DATE,
  DATETIME: TIMESTAMP,
  TIMESTAMP,
  TIME,
} as const;

export function bindingType(type: SqlType): DuckDBType {
  if (type.name === "ARRAY") return LIST(bindingType(type.of));
  if (type.name !== "STRUCT") return TYPES[type.name];
  return STRUCT(Object.fromEntries(type.fields.map((field) => [field.name, bindingType(field.type)])));
}

/** A value of the store, such as `2026-11-26`, for DuckDB. */
export function toDuck(type: SqlType, value: unknown): DuckDBValue {
  if (value === null || value === undefined) return null;
  switch (type.name) {
    case "ARRAY":
      return new DuckDBListValue(Array.isArray(value) ? value.map((one) => toDuck(type.of, one)) : []);
    case "STRUCT": {
      const members = new Map(Object.entries(value));
      return new DuckDBStructValue(
        Object.fromEntries(type.fields.map((field) => [field.name, toDuck(field.type, members.get(field.name))])),
      );
    }
    case "INT64":
      return typeof value === "bigint" ? value : BigInt(String(value));
    case "FLOAT64":
      return Number(value);
    case "BOOL":
      return value === true;
    case "DATE":
      return new DuckDBDateValue(Date.parse(String(value)) / DAY_MS);
    case "DATETIME":
    case "TIMESTAMP":
      return new DuckDBTimestampValue(microsOfText(String(value)));
    case "TIME":
      return new DuckDBTimeValue(timestampMicros(`1970-01-01T${value}Z`));
    case "BYTES":
      return new DuckDBBlobValue(Buffer.from(String(value), "base64"));
    case "NUMERIC":
      return decimal(String(value));
    default:
      return String(value);
  }
}

/** A value of DuckDB as the store keeps it. */
export function fromDuck(type: SqlType, value: DuckDBValue): unknown {
  if (value === null) return type.name === "ARRAY" ? [] : null;
  switch (type.name) {
    case "ARRAY":
      return value instanceof DuckDBListValue ? value.items.map((one) => elementOf(type.of, one)) : value;
    case "STRUCT":
      return value instanceof DuckDBStructValue ? structOf(type.fields, value) : value;
    case "INT64":
    case "NULL":
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    case "DATE":
      return value instanceof DuckDBDateValue ? dateOfDays(value.days) : value;
    case "TIMESTAMP":
      return value instanceof DuckDBTimestampValue ? timestampText(value.micros) : value;
    case "DATETIME":
      return value instanceof DuckDBTimestampValue ? datetimeText(value.micros) : value;
    case "BYTES":
      return value instanceof DuckDBBlobValue ? Buffer.from(value.bytes).toString("base64") : value;
    case "NUMERIC":
      return String(value).replace(/\.?0+$/, "");
    case "TIME":
      return String(value);
    default:
      return value;
  }
}

/** BigQuery writes no NULL into an array, and gives none back. */
function elementOf(type: SqlType, value: DuckDBValue): unknown {
  if (value === null) throw invalidQuery("Array cannot have a null element; error in writing field");
  return fromDuck(type, value);
}

/** Without zeros behind the point, as BigQuery writes it. */
function datetimeText(micros: bigint): string {
  return timestampText(micros).replace(/\.000000Z$|000Z$|Z$/, "");
}

function structOf(fields: Extract<SqlType, { readonly name: "STRUCT" }>["fields"], { entries }: DuckDBStructValue) {
  return Object.fromEntries(fields.map(({ name, type }) => [name, fromDuck(type, entries[name] ?? null)]));
}

/** Fast for the store's own form, `2026-11-26T09:00:00.000000Z`. */
function microsOfText(text: string): bigint {
  if (text.length !== 27 || text[26] !== "Z") return timestampMicros(text);
  const ms = Date.parse(`${text.slice(0, 23)}Z`);
  return BigInt(ms) * 1000n + BigInt(text.slice(23, 26));
}

function decimal(text: string): DuckDBDecimalValue {
  const [whole = "0", fraction = ""] = text.split(".");
  return new DuckDBDecimalValue(
    BigInt(`${whole}${fraction.padEnd(NUMERIC_SCALE, "0").slice(0, NUMERIC_SCALE)}`),
    38,
    NUMERIC_SCALE,
  );
}
