import { invalid, unimplemented } from "./api-error.ts";
import type { TimePartitioning } from "./partitions.ts";
import { type Field, normalizedFields } from "./schema.ts";

/** A table as its owner describes it; what the fake does not act on is echoed. */
export interface TableSettings {
  readonly schema?: { readonly fields: readonly Field[] };
  readonly timePartitioning?: TimePartitioning;
  readonly requirePartitionFilter?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly view?: { readonly query: string; readonly useLegacySql?: boolean };
  readonly clustering?: { readonly fields: readonly string[] };
  readonly description?: string;
  readonly friendlyName?: string;
}

/** The settings as BigQuery keeps them; throws for what it refuses, or the fake does not do. */
export function checkedSettings(settings: TableSettings): TableSettings {
  const { timePartitioning, schema } = settings;
  const fields = normalizedFields(schema?.fields ?? []);
  if ("rangePartitioning" in settings) throw unimplemented("range partitioning");
  if (timePartitioning && !timePartitioning.field) throw unimplemented("partitioning by ingestion time");
  if (timePartitioning) checkPartitioning(timePartitioning, fields);
  return { ...settings, ...(schema && { schema: { ...schema, fields } }) };
}

function checkPartitioning({ field, type }: TimePartitioning, fields: readonly Field[]): void {
  const column = fields.find(({ name }) => name === field);
  if (!column) throw invalid(`The field specified for partitioning cannot be found in the schema: ${field}`);
  if (!["DATE", "TIMESTAMP", "DATETIME"].includes(column.type) || column.mode === "REPEATED") {
    throw invalid(`The field specified for partitioning must be DATE, TIMESTAMP or DATETIME: ${field}`);
  }
  if (type === "HOUR" && column.type === "DATE") throw invalid("a DATE cannot be partitioned by HOUR");
}
