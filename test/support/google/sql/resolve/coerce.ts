import { invalidQuery } from "../sql-error.ts";
import { duckType, isSame, quoted, type SqlType, typeText } from "../types.ts";
import { constantOf } from "./constants.ts";
import type { Typed } from "./typed.ts";

/** What a value of a type becomes where another is wanted, without a CAST. */
const WIDENED: Readonly<Record<string, readonly string[]>> = {
  INT64: ["FLOAT64", "NUMERIC"],
  NUMERIC: ["FLOAT64"],
  DATE: ["DATETIME"],
};
/** What texts become that stand in the statement, or are parameters. */
const FROM_TEXT = new Set(["DATE", "DATETIME", "TIMESTAMP", "TIME"]);

/** The expression as `type`, or nothing where GoogleSQL does not make it one by itself. */
export function coerced(one: Typed, type: SqlType): Typed | undefined {
  if (isSame(one.type, type)) return one;
  const { constant, at, filter } = one;
  if (one.type.name === "NULL") return constantOf(type, null, at);
  if (one.type.name === "STRING" && FROM_TEXT.has(type.name) && constant !== undefined) {
    return constantOf(type, constant === null ? null : String(constant), at);
  }
  if (one.type.name === "STRUCT" && type.name === "STRUCT") return asStruct(one, type);
  const isWidened = WIDENED[one.type.name]?.includes(type.name) ?? isEmptyArray(one, type);
  if (!isWidened) return undefined;
  const sql = `CAST(${one.sql} AS ${duckType(type)})`;
  return { sql, type, at, ...(constant !== undefined && { constant }), ...(filter && { filter }) };
}

/** The type that all have or become, if there is one. */
export function commonType(all: readonly Typed[]): SqlType | undefined {
  const candidates = all.map(({ type }) => type).filter(({ name }) => name !== "NULL");
  const types = candidates.length > 0 ? candidates : all.map(({ type }) => type);
  return types.find((type) => all.every((one) => coerced(one, type) !== undefined));
}

/** All as their common type; throws when they have none. */
export function unified(all: readonly Typed[], where: string): readonly Typed[] {
  const type = commonType(all);
  const [first] = all;
  if (!type) {
    const types = all.map((one) => typeText(one.type)).join(", ");
    throw invalidQuery(`No matching signature for ${where} for argument types: ${types}`, first?.at);
  }
  return all.map((one) => coerced(one, type) ?? one);
}

/** As the column's type; throws as for a value that a column does not take. */
export function assigned(value: Typed, type: SqlType, column: string): Typed {
  const found = coerced(value, type);
  if (found) return found;
  const text = `Value of type ${typeText(value.type)} cannot be assigned to ${column}, which has type ${typeText(type)}`;
  throw invalidQuery(text, value.at);
}

/** Field by field, whatever these are called. */
function asStruct(one: Typed, type: Extract<SqlType, { readonly name: "STRUCT" }>): Typed | undefined {
  const own = one.type.name === "STRUCT" ? one.type.fields : [];
  if (own.length !== type.fields.length) return undefined;
  const fields = own.map((field, index) => {
    const value = { sql: `(${one.sql}).${quoted(field.name)}`, type: field.type, at: one.at };
    return coerced(value, type.fields[index]?.type ?? field.type);
  });
  if (fields.some((field) => !field)) return undefined;
  const row = `row(${fields.map((field) => field?.sql).join(", ")})`;
  return { sql: `(CASE WHEN ${one.sql} IS NOT NULL THEN CAST(${row} AS ${duckType(type)}) END)`, type, at: one.at };
}

/** `[]` is an array of whatever is wanted. */
function isEmptyArray({ constant, type: own }: Typed, type: SqlType): boolean {
  return own.name === "ARRAY" && type.name === "ARRAY" && Array.isArray(constant) && constant.length === 0;
}
