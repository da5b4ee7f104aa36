import { timestampMicros, timestampText, ValueError } from "../../bigquery/values.ts";
import { invalidQuery, type Place } from "../sql-error.ts";
import { duckType, type SqlType, textLiteral, typeText } from "../types.ts";
import type { Constant, Typed } from "./typed.ts";

/** A literal or parameter of that type; `raw` is its text. Throws for a text that is no such value. */
export function constantOf(type: SqlType, raw: string | null, at: Place): Typed {
  if (raw === null) return { sql: `CAST(NULL AS ${duckType(type)})`, type, at, constant: null };
  const constant = constantIn(type, raw);
  if (constant === undefined) throw invalidQuery(`Could not cast literal "${raw}" to type ${typeText(type)}`, at);
  return { sql: literal(type, constant), type, at, constant };
}

/** The value in DuckDB's words. */
export function literal(type: SqlType, value: Constant): string {
  if (value === null) return `CAST(NULL AS ${duckType(type)})`;
  const text = String(value);
  if (type.name === "BOOL") return value ? "TRUE" : "FALSE";
  if (type.name === "STRING" || type.name === "JSON") return textLiteral(text);
  if (type.name === "BYTES") return `from_base64(${textLiteral(text)})`;
  if (type.name === "TIMESTAMP" || type.name === "DATETIME") return `TIMESTAMP ${textLiteral(text.replace("Z", ""))}`;
  return `CAST(${textLiteral(text)} AS ${duckType(type)})`;
}

/** Microseconds since 1970 of a DATE, DATETIME or TIMESTAMP. */
export function microsOf(type: SqlType, value: Constant): number | undefined {
  if (typeof value !== "string" || !TIMES.has(type.name)) return undefined;
  return Number(timestampMicros(value));
}

function constantIn(type: SqlType, raw: string): Constant | undefined {
  try {
    return READERS[type.name]?.(raw);
  } catch (error) {
    if (error instanceof ValueError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const TIMES = new Set(["DATE", "DATETIME", "TIMESTAMP"]);

/** What the client writes for a parameter that is no finite number. */
const NO_NUMBERS = new Set(["NaN", "Infinity", "-Infinity"]);

const READERS: Readonly<Record<string, (raw: string) => Constant | undefined>> = {
  INT64: integer,
  FLOAT64: (raw) => (Number.isFinite(Number(raw)) || NO_NUMBERS.has(raw) ? Number(raw) : undefined),
  NUMERIC: (raw) => (/^[+-]?\d+(?:\.\d+)?$/.test(raw) ? raw : undefined),
  BOOL: (raw) => (/^true$/i.test(raw) ? true : /^false$/i.test(raw) ? false : undefined),
  STRING: (raw) => raw,
  BYTES: (raw) => raw,
  DATE: date,
  DATETIME: datetime,
  TIMESTAMP: (raw) => timestampText(timestampMicros(raw)),
  TIME: (raw) => (/^\d{1,2}:\d{2}:\d{2}(?:\.\d{1,6})?$/.test(raw) ? raw : undefined),
  JSON: (raw) => JSON.stringify(JSON.parse(raw)),
};

function integer(raw: string): Constant | undefined {
  if (!/^[+-]?(?:\d+|0[xX][0-9a-fA-F]+)$/.test(raw)) return undefined;
  const value = /^[+-]/.test(raw) ? BigInt(raw.slice(1)) * (raw.startsWith("-") ? -1n : 1n) : BigInt(raw);
  if (BigInt.asIntN(64, value) !== value) return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function date(raw: string): string | undefined {
  const [, year = "", month = "", day = ""] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(raw) ?? [];
  const text = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) ? text : undefined;
}

function datetime(raw: string): string | undefined {
  if (!/^[\d-]+(?:[ T][\d:.]+)?$/.test(raw)) return undefined;
  return timestampText(timestampMicros(raw)).replace("Z", "");
}
