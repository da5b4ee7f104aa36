import type { Field } from "./schema.ts";

/** A row as the tests see it: INTEGER number (bigint past 2^53), BYTES base64, dates and times text, TIMESTAMP with microseconds. */
export type Row = Readonly<Record<string, unknown>>;

/** A value that its column cannot take. */
export class ValueError extends Error {}

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?)? ?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/;

/** The row with every column in its one form; throws ValueError for an unknown or a missing column, or a bad value. */
export function rowOf(fields: readonly Field[], source: Readonly<Record<string, unknown>>, path = ""): Row {
  const row: Record<string, unknown> = {};
  let found = 0;
  for (const field of fields) {
    const value = source[field.name];
    if (value !== undefined || field.name in source) found += 1;
    row[field.name] = columnOf(field, value, path);
  }
  return found === Object.keys(source).length ? row : rowOfOtherCase(fields, source, path);
}

/** As `rowOf`, for a source whose names are not written as the columns are. */
function rowOfOtherCase(fields: readonly Field[], source: Readonly<Record<string, unknown>>, path: string): Row {
  const columns = new Map(fields.map(({ name }) => [name.toLowerCase(), name]));
  const entries = Object.entries(source).map(([name, value]) => {
    const column = columns.get(name.toLowerCase());
    if (column === undefined) throw new ValueError(`No such field: ${path}${name}.`);
    return [column, value];
  });
  return rowOf(fields, Object.fromEntries(entries), path);
}

/** A point in time as the store keeps it: `2026-11-01T15:00:00.000000Z`. */
export function timestampText(micros: bigint): string {
  const number = Number(micros);
  const ms = Math.floor(number / 1000);
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) throw new ValueError(`${micros} microseconds is no TIMESTAMP`);
  return `${date.toISOString().slice(0, -1)}${String(number - ms * 1000).padStart(3, "0")}Z`;
}

/** Microseconds since 1970 of a text that `timestampText` or a client wrote. */
export function timestampMicros(text: string): bigint {
  const [, date, time = "00:00:00", fraction = "", zone = "Z"] = TIMESTAMP.exec(text.trim()) ?? [];
  const offset = zone === "UTC" || zone === "Z" ? "Z" : zone.length === 3 ? `${zone}:00` : zone;
  const ms = Date.parse(`${date}T${time}${offset}`);
  if (date === undefined || Number.isNaN(ms)) throw new ValueError(`Invalid timestamp: '${text}'`);
  return BigInt(ms) * 1000n + BigInt(fraction.padEnd(6, "0").slice(0, 6));
}

export function dateOfDays(days: number): string {
  const date = new Date(days * DAY_MS);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999 || date.getUTCFullYear() < 1) {
    throw new ValueError(`${days} days since 1970 is no DATE`);
  }
  return date.toISOString().slice(0, 10);
}

function columnOf(field: Field, value: unknown, parent: string): unknown {
  if (field.mode === "REPEATED") return listOf(field, value ?? [], `${parent}${field.name}`);
  if (value !== null && value !== undefined) return plainValueOf(field, value, `${parent}${field.name}`);
  if (field.mode === "REQUIRED") throw new ValueError(`Missing required field: ${parent}${field.name}.`);
  return null;
}

function listOf(field: Field, value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw new ValueError(`Field ${path} is an array.`);
  return value.map((one) => plainValueOf(field, one, path));
}

function plainValueOf(field: Field, value: unknown, path: string): unknown {
  if (field.type === "RECORD") return recordOf(field, value, path);
  const read = READERS[field.type];
  const result = read ? read(value) : typeof value === "object" ? JSON.stringify(value) : String(value);
  if (result === undefined)
    throw new ValueError(`Field ${path} of type ${field.type} cannot be ${typeof value} ${value}.`);
  return result;
}

function recordOf(field: Field, value: unknown, path: string): Row {
  if (typeof value !== "object" || value === null) throw new ValueError(`Field ${path} is a record.`);
  return rowOf(field.fields ?? [], Object.fromEntries(Object.entries(value)), `${path}.`);
}

const READERS: Readonly<Record<string, (value: unknown) => unknown>> = {
  STRING: (value) => (typeof value === "object" ? undefined : String(value)),
  BYTES: (value) => (value instanceof Uint8Array ? Buffer.from(value).toString("base64") : textOf(value)),
  INTEGER: integerOf,
  FLOAT: (value) => (typeof value === "boolean" || Number.isNaN(Number(value)) ? undefined : Number(value)),
  BOOLEAN: booleanOf,
  DATE: dateOf,
  TIMESTAMP: timestampOf,
  DATETIME: (value) => textOf(value)?.replace(" ", "T"),
  TIME: textOf,
};

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function integerOf(value: unknown): number | bigint | undefined {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value === "number") return Number.isInteger(value) ? value : undefined;
  return typeof value === "string" && /^-?\d+$/.test(value) ? integerOf(BigInt(value)) : undefined;
}

function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  const text = String(value).toLowerCase();
  return text === "true" ? true : text === "false" ? false : undefined;
}

/** A number is days since 1970, as the Storage Write API sends it. */
function dateOf(value: unknown): string | undefined {
  if (typeof value === "number") return dateOfDays(value);
  return typeof value === "string" && DATE.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined;
}

/** True for the form that the store itself writes. */
function isStored(text: string): boolean {
  return text.length === 27 && text[26] === "Z" && text[10] === "T" && !Number.isNaN(Date.parse(text));
}

/** A bigint is microseconds since 1970; a number is seconds, as in a load of JSON. */
function timestampOf(value: unknown): string | undefined {
  if (typeof value === "bigint") return timestampText(value);
  if (typeof value === "number") return timestampText(BigInt(Math.round(value * 1e6)));
  if (typeof value !== "string") return undefined;
  return isStored(value) ? value : timestampText(timestampMicros(value));
}
