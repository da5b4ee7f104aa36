import type { Expression } from "../parse/ast.ts";
import { invalidQuery } from "../sql-error.ts";
import { duckType, quoted, type SqlType, typeNamed, typeText } from "../types.ts";
import { coerced, unified } from "./coerce.ts";
import type { Context } from "./context.ts";
import type { Constant, Typed } from "./typed.ts";

/** `[a, b]`, of one type for all. */
export function arrayOf(context: Context, { items, of, at }: Extract<Expression, { readonly kind: "array" }>): Typed {
  const wanted = of && typeNamed(of, at);
  const values = items.map((item) => {
    const value = context.one(item);
    return wanted ? as(value, wanted) : value;
  });
  const all = values.length > 0 ? unified(values, "array") : [];
  const element: SqlType = wanted ?? all[0]?.type ?? { name: "INT64" };
  const type: SqlType = { name: "ARRAY", of: element };
  const constants = all.map(({ constant }) => constant).filter((constant) => constant !== undefined);
  const sql = `CAST([${all.map((one) => one.sql).join(", ")}] AS ${duckType(type)})`;
  return { sql, type, at, ...constantsOf(constants, all.length, wanted !== undefined) };
}

/** STRUCT(a AS b), and `(a, b)`; a field without a name is called by its place, as in BigQuery's answers. */
export function structOf(context: Context, one: Extract<Expression, { readonly kind: "struct" }>): Typed {
  const { at } = one;
  const typed = one.type && typeNamed(one.type, at);
  const wanted = typed?.name === "STRUCT" ? typed.fields : undefined;
  if (wanted && wanted.length !== one.fields.length) throw invalidQuery("STRUCT type has another number of fields", at);
  const values = one.fields.map(({ name, value }, index) => {
    const field = wanted?.[index];
    const found = context.one(value);
    return { name: field?.name ?? name ?? `_field_${index + 1}`, value: field ? as(found, field.type) : found };
  });
  const fields = values.map(({ name, value }) => ({ name, type: value.type }));
  const sql = `struct_pack(${values.map(({ name, value }) => `${quoted(name)} := ${value.sql}`).join(", ")})`;
  return { sql, type: { name: "STRUCT", fields }, at };
}

function as(value: Typed, type: SqlType): Typed {
  const found = coerced(value, type);
  if (found) return found;
  throw invalidQuery(`Expected type ${typeText(type)}; found ${typeText(value.type)}`, value.at);
}

/** An empty array without a type is of any. */
function constantsOf(constants: readonly Constant[], count: number, isTyped: boolean): Pick<Typed, "constant"> {
  return constants.length === count && !(count === 0 && isTyped) ? { constant: constants } : {};
}
