import type { Field } from "../bigquery/schema.ts";
import { type Row, timestampMicros } from "../bigquery/values.ts";

/** A row as the API sends it: values in the order of the columns, each as text; TIMESTAMP as whole microseconds. */
export function cellsOf(fields: readonly Field[], row: Row): { readonly f: readonly { readonly v: unknown }[] } {
  return { f: fields.map((field) => ({ v: cellOf(field, row[field.name]) })) };
}

function cellOf(field: Field, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => ({ v: plainCell(field, one) }));
  return plainCell(field, value);
}

function plainCell(field: Field, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (field.type === "RECORD" && typeof value === "object") return cellsOf(field.fields ?? [], { ...value });
  return field.type === "TIMESTAMP" ? String(timestampMicros(String(value))) : String(value);
}
