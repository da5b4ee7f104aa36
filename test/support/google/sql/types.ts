import { type Field, modeOf } from "../bigquery/schema.ts";
import type { TypeName } from "./parse/ast.ts";
import { beyondSubset, invalidQuery, type Place } from "./sql-error.ts";

/** A type of GoogleSQL. NULL is that of a NULL that nothing has given a type yet. */
export type SqlType =
  | { readonly name: ScalarName }
  | { readonly name: "ARRAY"; readonly of: SqlType }
  | { readonly name: "STRUCT"; readonly fields: readonly StructField[] };

export interface StructField {
  readonly name: string;
  readonly type: SqlType;
}

/** DuckDB's types for ours; TIMESTAMP is kept without a zone, in UTC, and JSON as its text. */
const DUCK_NAMES = {
  INT64: "BIGINT",
  FLOAT64: "DOUBLE",
  NUMERIC: "DECIMAL(38,9)",
  BOOL: "BOOLEAN",
  STRING: "VARCHAR",
  BYTES: "BLOB",
  DATE: "DATE",
  DATETIME: "TIMESTAMP",
  TIMESTAMP: "TIMESTAMP",
  TIME: "TIME",
  JSON: "VARCHAR",
  NULL: "BIGINT",
} as const;

export type ScalarName = keyof typeof DUCK_NAMES;

const SCALARS = new Map(Object.keys(DUCK_NAMES).map((name) => [name, scalarOf(name)]));
/** Other names of types, in the API's schemas and in SQL. */
const ALIASES: Readonly<Record<string, string>> = {
  INTEGER: "INT64",
  INT: "INT64",
  SMALLINT: "INT64",
  BIGINT: "INT64",
  FLOAT: "FLOAT64",
  BOOLEAN: "BOOL",
  DECIMAL: "NUMERIC",
};
/** Types of BigQuery that are none here. */
const UNKNOWN = new Set(["BIGNUMERIC", "BIGDECIMAL", "GEOGRAPHY", "INTERVAL", "RANGE"]);

export const INT64: SqlType = { name: "INT64" };
export const FLOAT64: SqlType = { name: "FLOAT64" };
export const BOOL: SqlType = { name: "BOOL" };
export const STRING: SqlType = { name: "STRING" };
export const NULL: SqlType = { name: "NULL" };

/** The type of that name; throws for one that there is not. */
export function typeNamed(type: TypeName, at: Place): SqlType {
  if ("of" in type) return { name: "ARRAY", of: typeNamed(type.of, at) };
  if ("fields" in type) {
    const fields = type.fields.map((field) => ({ name: field.name, type: typeNamed(field.type, at) }));
    return { name: "STRUCT", fields };
  }
  const scalar = scalarNamed(type.name);
  if (scalar && scalar.name !== "NULL") return scalar;
  if (UNKNOWN.has(type.name)) throw beyondSubset(`the type ${type.name}`, at);
  throw invalidQuery(`Type not found: ${type.name}`, at);
}

export function scalarNamed(name: string): SqlType | undefined {
  return SCALARS.get(ALIASES[name.toUpperCase()] ?? name.toUpperCase());
}

/** The type of a table's column; undefined for one that queries here do not read. */
export function typeOfField(field: Field): SqlType | undefined {
  const one = field.type === "RECORD" ? structOf(field.fields ?? []) : scalarNamed(field.type);
  return one && modeOf(field) === "REPEATED" ? { name: "ARRAY", of: one } : one;
}

/** The column as the API's schemas have it. */
export function fieldOf(name: string, type: SqlType, mode = "NULLABLE"): Field {
  if (type.name === "ARRAY") return fieldOf(name, type.of, "REPEATED");
  if (type.name !== "STRUCT") return { name, type: type.name === "NULL" ? "INT64" : type.name, mode };
  return { name, type: "RECORD", mode, fields: type.fields.map((field) => fieldOf(field.name, field.type)) };
}

/** As BigQuery writes it in messages. */
export function typeText(type: SqlType): string {
  if (type.name === "ARRAY") return `ARRAY<${typeText(type.of)}>`;
  if (type.name !== "STRUCT") return type.name === "NULL" ? "INT64" : type.name;
  return `STRUCT<${type.fields.map((field) => `${field.name} ${typeText(field.type)}`).join(", ")}>`;
}

export function duckType(type: SqlType): string {
  if (type.name === "ARRAY") return `${duckType(type.of)}[]`;
  if (type.name !== "STRUCT") return DUCK_NAMES[type.name];
  return `STRUCT(${type.fields.map((field) => `${quoted(field.name)} ${duckType(field.type)}`).join(", ")})`;
}

export function isSame(one: SqlType, other: SqlType): boolean {
  return typeText(one) === typeText(other) && (one.name === "NULL") === (other.name === "NULL");
}

/** A name in the SQL of DuckDB. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text in the SQL of DuckDB. */
export function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function structOf(columns: readonly Field[]): SqlType | undefined {
  const fields: StructField[] = [];
  for (const field of columns) {
    const type = typeOfField(field);
    if (!type) return undefined;
    fields.push({ name: field.name, type });
  }
  return { name: "STRUCT", fields };
}

function scalarOf(name: string): SqlType {
  if (!isScalarName(name)) throw new Error(`no type ${name}`);
  return { name };
}

function isScalarName(name: string): name is ScalarName {
  return name in DUCK_NAMES;
}
