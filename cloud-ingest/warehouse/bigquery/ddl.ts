import type { Field, TableShape } from "./shape.ts";
import { quoted } from "./tables.ts";

/** A text as a constant in SQL. */
export const sqlText = (text: string) => JSON.stringify(text);

/** The statement that makes a table, for people to read: it is made through the API, which says the same. */
export function createTable(name: string, shape: TableShape): string {
  const { schema, timePartitioning, clustering } = shape;
  return [
    `CREATE TABLE ${quoted(name)} (`,
    schema.fields.map((field) => `  ${columnText(field)}`).join(",\n"),
    ")",
    ...(timePartitioning ? [`PARTITION BY ${partitionText(timePartitioning)}`] : []),
    ...(clustering ? [`CLUSTER BY ${clustering.fields.map(quoted).join(", ")}`] : []),
    `${optionsText(shape)};`,
  ].join("\n");
}

/** The statement that adds columns. */
export function addColumns(name: string, fields: readonly Field[]): string {
  const added = fields.map((field) => `  ADD COLUMN IF NOT EXISTS ${columnText(field)}`);
  return `ALTER TABLE ${quoted(name)}\n${added.join(",\n")};`;
}

/** The statement that sets what may change at any time. */
export function setOptions(name: string, shape: TableShape): string {
  return `ALTER TABLE ${quoted(name)} SET ${optionsText(shape)};`;
}

/** The statement that makes a view. */
export function createView(name: string, query: string): string {
  return `CREATE OR REPLACE VIEW ${quoted(name)} AS\n${query};`;
}

function columnText({ name, type, description }: Field): string {
  return `${quoted(name)} ${type}${description === undefined ? "" : ` OPTIONS (description = ${sqlText(description)})`}`;
}

function partitionText({ type, field }: NonNullable<TableShape["timePartitioning"]>): string {
  return type === "DAY" ? quoted(field) : `DATE_TRUNC(${quoted(field)}, ${type})`;
}

function optionsText({ description, labels, requirePartitionFilter, timePartitioning }: TableShape): string {
  const pairs = Object.entries(labels).map(([name, value]) => `(${sqlText(name)}, ${sqlText(value)})`);
  const days = Number(timePartitioning?.expirationMs ?? 0) / 86_400_000;
  const options = [
    `description = ${sqlText(description)}`,
    `labels = [${pairs.join(", ")}]`,
    ...(requirePartitionFilter ? ["require_partition_filter = TRUE"] : []),
    ...(days > 0 ? [`partition_expiration_days = ${days}`] : []),
  ];
  return `OPTIONS (${options.join(", ")})`;
}
