import type { Column } from "../columns.ts";
import type { BigQueryConfig } from "./bigquery-config.ts";
import { SQL_TYPES, type TableDefinition } from "./tables.ts";

const DAY_MS = 86_400_000;
const UNITS = { day: "DAY", month: "MONTH" } as const;
/** Names of before for the same types, which the REST API still gives. */
const OLD_NAMES: Readonly<Record<string, string>> = { INTEGER: "INT64", FLOAT: "FLOAT64", BOOLEAN: "BOOL" };

/** A column as the REST API writes it. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly mode?: string;
  readonly description?: string;
}

/** What the REST API says of a table, as far as we decide it. */
export interface TableShape {
  readonly schema: { readonly fields: readonly Field[] };
  readonly timePartitioning?: { readonly type: string; readonly field: string; readonly expirationMs?: string };
  readonly requirePartitionFilter?: boolean;
  readonly clustering?: { readonly fields: readonly string[] };
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The table as it must be. */
export function shapeOf(table: TableDefinition, config: Pick<BigQueryConfig, "keepDays" | "labels">): TableShape {
  return {
    schema: { fields: table.columns.map(fieldOf) },
    ...partitioningOf(table, config),
    ...(table.cluster.length > 0 && { clustering: { fields: table.cluster } }),
    description: table.description,
    labels: { ...config.labels, made_by: "kazoe" },
  };
}

export function fieldOf({ name, type, description = "" }: Column): Field {
  return { name, type: SQL_TYPES[type], mode: "NULLABLE", ...(description !== "" && { description }) };
}

/** Hours and days are kept for good: they are what is left of the counts. */
function partitioningOf({ partitioning }: TableDefinition, { keepDays }: Pick<BigQueryConfig, "keepDays">) {
  if (!partitioning) return {};
  const { unit, column } = partitioning;
  const expires = unit === "day" && keepDays !== undefined;
  return {
    timePartitioning: { type: UNITS[unit], field: column, ...(expires && { expirationMs: String(keepDays * DAY_MS) }) },
    requirePartitionFilter: true,
  };
}

/** How a table differs from what it must be. */
export interface Difference {
  /** Columns that are not there. */
  readonly missing: readonly Field[];
  /** True when only what can be changed at any time differs: description, labels, expiry, clustering, the partition filter. */
  readonly isSettings: boolean;
  /** What nobody can change in place, for people. */
  readonly conflicts: readonly string[];
}

/** Columns that are there and not ours are left alone. */
export function differenceOf(wanted: TableShape, found: Partial<TableShape>): Difference {
  const columns = new Map((found.schema?.fields ?? []).map((field) => [field.name, field]));
  const missing = wanted.schema.fields.filter(({ name }) => !columns.has(name));
  const conflicts = wanted.schema.fields.flatMap((field) => conflictOf(field, columns.get(field.name)));
  return {
    missing,
    isSettings: settingsOf(wanted) !== settingsOf({ ...found, labels: sharedLabels(wanted, found) }),
    conflicts: [...conflicts, ...partitionConflicts(wanted, found)],
  };
}

function conflictOf(wanted: Field, found: Field | undefined): readonly string[] {
  if (!found) return [];
  const type = newName(found.type);
  if (type !== wanted.type) return [`column ${wanted.name} is ${type} instead of ${wanted.type}`];
  return found.mode === "REPEATED" ? [`column ${wanted.name} is REPEATED`] : [];
}

function partitionConflicts(wanted: TableShape, found: Partial<TableShape>): readonly string[] {
  const [want, have] = [wanted.timePartitioning, found.timePartitioning].map(partitionText);
  return want === have ? [] : [`it is partitioned ${have} instead of ${want}`];
}

const partitionText = (partitioning: TableShape["timePartitioning"]) =>
  partitioning ? `by ${partitioning.type} of ${partitioning.field}` : "not at all";

const newName = (type: string) => OLD_NAMES[type] ?? type;

/** Labels that others put there are theirs. */
function sharedLabels(wanted: TableShape, found: Partial<TableShape>): Readonly<Record<string, string>> {
  const names = Object.keys(wanted.labels);
  return Object.fromEntries(Object.entries(found.labels ?? {}).filter(([name]) => names.includes(name)));
}

function settingsOf({
  requirePartitionFilter = false,
  clustering,
  description,
  labels,
  timePartitioning,
}: Partial<TableShape>) {
  const sorted = Object.entries(labels ?? {}).sort();
  const expirationMs = timePartitioning?.expirationMs ?? "";
  return JSON.stringify([requirePartitionFilter, clustering?.fields ?? [], description ?? "", sorted, expirationMs]);
}
