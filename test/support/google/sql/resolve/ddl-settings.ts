import type { TimePartitioning } from "../../bigquery/partitions.ts";
import type { Field } from "../../bigquery/schema.ts";
import type { TableSettings } from "../../bigquery/table-settings.ts";
import type { Expression } from "../parse/ast.ts";
import type { ColumnDefinition, Options } from "../parse/statements.ts";
import { beyondSubset, invalidQuery } from "../sql-error.ts";

const DAY_MS = 86_400_000;
type Unit = TimePartitioning["type"];
const UNITS: readonly Unit[] = ["HOUR", "DAY", "MONTH", "YEAR"];

/** Columns as tables.get shows them. */
export function columnsOf(definitions: readonly ColumnDefinition[]): readonly Field[] {
  return definitions.map(columnOf);
}

export function columnOf({ field, options }: ColumnDefinition): Field {
  return withDescription(field, options);
}

/** The column with the options that a column has: its description. */
export function withDescription(field: Field, options: Options): Field {
  const other = [...options.keys()].find((name) => name !== "description");
  if (other !== undefined) throw beyondSubset(`the column's option ${other}`, options.get(other)?.at);
  const given = options.get("description");
  return given ? { ...field, description: textOf(given) } : field;
}

/** PARTITION BY a DATE column, DATE(ts), or one of the TRUNC functions. */
export function partitioningOf(by: Expression, fields: readonly Field[]): TimePartitioning {
  const [first, second] = by.kind === "call" ? by.args : [by];
  const name = first?.kind === "path" && first.parts.length === 1 ? first.parts[0] : undefined;
  const field = fields.find((one) => one.name.toLowerCase() === name?.toLowerCase());
  if (!field) throw invalidQuery("PARTITION BY expression must name a column of the table", by.at);
  if (by.kind !== "call") {
    if (field.type.toUpperCase() !== "DATE")
      throw invalidQuery(
        "PARTITION BY expression must be DATE(<timestamp_column>), a DATE column or a TRUNC of it",
        by.at,
      );
    return { type: "DAY", field: field.name };
  }
  if (by.name === "DATE" && by.args.length === 1) return { type: "DAY", field: field.name };
  const unit = UNITS.find((one) => second?.kind === "path" && second.parts[0]?.toUpperCase() === one);
  if (!unit || by.name !== `${field.type.toUpperCase()}_TRUNC`) throw beyondSubset(`PARTITION BY ${by.name}`, by.at);
  return { type: unit, field: field.name };
}

/** The settings with what OPTIONS says; an option that is NULL is taken away. */
export function tableOptions(settings: TableSettings, options: Options): TableSettings {
  let all: TableSettings = settings;
  for (const [name, value] of options) all = withOption(all, name, value);
  return all;
}

function withOption(settings: TableSettings, name: string, value: Expression): TableSettings {
  switch (name) {
    case "description":
      return { ...settings, description: textOf(value) };
    case "friendly_name":
      return { ...settings, friendlyName: textOf(value) };
    case "labels":
      return { ...settings, labels: labelsOf(value) };
    case "require_partition_filter":
      return { ...settings, requirePartitionFilter: literalOf(value, "BOOL") === "TRUE" };
    case "partition_expiration_days":
      return { ...settings, timePartitioning: expiring(settings.timePartitioning, value) };
    default:
      throw beyondSubset(`the option ${name}`, value.at);
  }
}

function expiring(partitioning: TimePartitioning | undefined, value: Expression): TimePartitioning {
  if (!partitioning) throw invalidQuery("partition_expiration_days is for partitioned tables", value.at);
  if (value.kind === "literal" && value.type === "NULL") {
    const { expirationMs, ...others } = partitioning;
    return others;
  }
  return { ...partitioning, expirationMs: String(Math.round(Number(literalOf(value, "INT64", "FLOAT64")) * DAY_MS)) };
}

function labelsOf(value: Expression): Readonly<Record<string, string>> {
  if (value.kind !== "array") throw invalidQuery("labels is an array of pairs", value.at);
  const pairs = value.items.map((item) => {
    if (item.kind !== "struct" || item.fields.length !== 2) throw invalidQuery("labels is an array of pairs", item.at);
    return item.fields.map((field) => textOf(field.value));
  });
  return Object.fromEntries(pairs);
}

function textOf(value: Expression): string {
  return literalOf(value, "STRING");
}

function literalOf(value: Expression, ...types: readonly string[]): string {
  if (value.kind === "literal" && types.includes(value.type)) return value.value;
  throw invalidQuery(`Expected a literal of type ${types.join(" or ")}`, value.at);
}
