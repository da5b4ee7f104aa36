import { invalidQuery, type Place } from "../sql-error.ts";
import { BOOL, type SqlType, typeText } from "../types.ts";
import { coerced, unified } from "./coerce.ts";
import { microsOf } from "./constants.ts";
import { type Extent, type Filter, UNKNOWN } from "./filter.ts";
import type { Constant, Typed } from "./typed.ts";

const MIRRORED: Readonly<Record<string, string>> = { "<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!=" };

/** True when a partition whose values go from `min` to `max` may have one that compares so with `value`. */
const MAY: Readonly<Record<string, (extent: Exclude<Extent, "NULL">, value: number) => boolean>> = {
  "=": ({ min, max }, value) => min <= value && value <= max,
  "<": ({ min }, value) => min < value,
  "<=": ({ min }, value) => min <= value,
  ">": ({ max }, value) => max > value,
  ">=": ({ max }, value) => max >= value,
};

export function isComparison(name: string): boolean {
  return name in MIRRORED;
}

/** Two values compared, as their common type. */
export function compared(sign: string, sides: readonly [Typed, Typed], at: Place): Typed {
  checkComparable(sides, sign, at);
  const [left, right] = pair(sides, sign);
  const filter = boundOf(sign, left, right) ?? boundOf(MIRRORED[sign] ?? sign, right, left) ?? UNKNOWN;
  return { sql: `(${left.sql} ${sign} ${right.sql})`, type: BOOL, at, filter };
}

export function distinct(sides: readonly [Typed, Typed], at: Place): Typed {
  const [left, right] = pair(sides, "IS DISTINCT FROM");
  return { sql: `(${left.sql} IS DISTINCT FROM ${right.sql})`, type: BOOL, at };
}

export function between([of, low, high]: readonly [Typed, Typed, Typed], at: Place): Typed {
  const from = compared(">=", [of, low], at);
  const until = compared("<=", [of, high], at);
  return { sql: `(${from.sql} AND ${until.sql})`, type: BOOL, at, filter: all(from, until) };
}

/** One of a list that stands in the statement. */
export function isIn(of: Typed, list: readonly Typed[], at: Place): Typed {
  const each = list.map((one) => compared("=", [of, one], at));
  const [value, ...values] = unified([of, ...list], "operator IN");
  const sql = `(${value?.sql} IN (${values.map((one) => one.sql).join(", ")}))`;
  return { sql, type: BOOL, at, filter: any(each) };
}

/** One of an array's elements; an array of texts is not one of dates. */
export function isInArray(of: Typed, array: Typed, at: Place): Typed {
  const element: SqlType = array.type.name === "ARRAY" ? array.type.of : array.type;
  const one = coerced(of, element) ?? of;
  const values = coerced({ sql: "v", type: element, at }, one.type);
  if (array.type.name !== "ARRAY" || !values) {
    const types = `${typeText(of.type)}, ${typeText(array.type)}`;
    throw invalidQuery(`No matching signature for operator IN UNNEST for argument types: ${types}`, at);
  }
  checkComparable([one], "IN UNNEST", at);
  const filter = Array.isArray(array.constant) ? listBound(one, array.constant) : UNKNOWN;
  const list = `SELECT ${values.sql} FROM (SELECT unnest(${array.sql}) AS v)`;
  const sql = `(CASE WHEN ${array.sql} IS NULL THEN FALSE ELSE ${one.sql} IN (${list}) END)`;
  return { sql, type: BOOL, at, filter };
}

/** What both conditions, or one of several, tell of partitions. */
export function all(...parts: readonly Typed[]): Filter {
  return { kind: "all", parts: parts.map(({ filter }) => filter ?? UNKNOWN) };
}

export function any(parts: readonly Typed[]): Filter {
  return { kind: "any", parts: parts.map(({ filter }) => filter ?? UNKNOWN) };
}

function boundOf(sign: string, { column }: Typed, { constant, type }: Typed): Filter | undefined {
  const may = MAY[sign];
  if (!column || !may || constant === undefined) return undefined;
  const value = microsOf(type, constant);
  const passes = (extent: Extent) => value !== undefined && extent !== "NULL" && may(extent, value);
  return { kind: "bound", origins: column.origins, passes };
}

function listBound({ column, type }: Typed, list: readonly Constant[]): Filter {
  if (!column) return UNKNOWN;
  const values = list.map((value) => microsOf(type, value)).filter((value) => value !== undefined);
  const passes = (extent: Extent) =>
    extent !== "NULL" && values.some((value) => extent.min <= value && value <= extent.max);
  return { kind: "bound", origins: column.origins, passes };
}

function pair(sides: readonly [Typed, Typed], sign: string): readonly [Typed, Typed] {
  const [left, right] = unified(sides, `operator ${sign}`);
  return [left ?? sides[0], right ?? sides[1]];
}

/** Throws for a value by which rows cannot be grouped, or ordered. */
export function checkKey({ type, at }: Typed, clause: "Grouping" | "Ordering" | "Partitioning"): void {
  const isBad = type.name === "JSON" || type.name === "ARRAY" || type.name === "STRUCT";
  if (isBad) throw invalidQuery(`${clause} by expressions of type ${type.name} is not allowed`, at);
}

function checkComparable(sides: readonly Typed[], sign: string, at: Place): void {
  const bad = sides.find(({ type }) => type.name === "JSON" || type.name === "ARRAY");
  if (bad) throw invalidQuery(`${sign} is not defined for arguments of type ${typeText(bad.type)}`, at);
}
