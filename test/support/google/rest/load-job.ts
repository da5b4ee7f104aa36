import { ApiError, invalid, notFound, unimplemented } from "../bigquery/api-error.ts";
import type { Field } from "../bigquery/schema.ts";
import { normalizedFields } from "../bigquery/schema.ts";
import type { Table, TableReference } from "../bigquery/table.ts";
import type { TableSettings } from "../bigquery/table-settings.ts";
import { type TableStore, tableKey } from "../bigquery/table-store.ts";
import { type Row, ValueError } from "../bigquery/values.ts";
import { readSource, type Source } from "./read-source.ts";

/** JobConfigurationLoad, the fields that the fake acts on. */
export interface LoadConfiguration extends TableSettings {
  readonly destinationTable: TableReference;
  readonly sourceFormat?: string;
  readonly sourceUris?: readonly string[];
  readonly writeDisposition?: string;
  readonly createDisposition?: string;
  readonly schemaUpdateOptions?: readonly string[];
  readonly autodetect?: boolean;
  readonly maxBadRecords?: number;
  readonly ignoreUnknownValues?: boolean;
}

/** Throws for what the fake does not do, before the job is taken. */
export function checkLoad(load: LoadConfiguration, media: Buffer | undefined): void {
  if (load.sourceUris || !media) throw unimplemented("loading from Cloud Storage; upload the file");
  const undone = (["schemaUpdateOptions", "autodetect", "maxBadRecords", "ignoreUnknownValues"] as const).find(
    (name) => load[name],
  );
  if (undone) throw unimplemented(`load jobs with ${undone}`);
}

/** Loads the file, all or nothing, and returns the job's `statistics.load`. */
export async function runLoad(store: TableStore, load: LoadConfiguration, media: Buffer): Promise<object> {
  const { tableId, partition } = splitDecorator(load.destinationTable.tableId);
  const table = destination(store, { ...load.destinationTable, tableId }, load);
  const rows = rowsFor(table, await readSource(load.sourceFormat ?? "CSV", media));
  const disposition = load.writeDisposition ?? "WRITE_APPEND";
  if (disposition === "WRITE_EMPTY" && table.rows.length > 0) {
    throw new ApiError(409, "duplicate", `Already Exists: Table ${tableKey(table.reference)}`);
  }
  const replace = disposition === "WRITE_TRUNCATE";
  table.write(rows, { replace, ...(partition !== undefined && { partition }) });
  return { inputFiles: "1", inputFileBytes: String(media.length), outputRows: String(rows.length), badRecords: "0" };
}

function destination(store: TableStore, reference: TableReference, load: LoadConfiguration): Table {
  const found = store.find(reference);
  if (found) {
    if (load.schema) checkSame(found.fields, normalizedFields(load.schema.fields));
    return found;
  }
  if (load.createDisposition === "CREATE_NEVER") throw notFound(`Table ${tableKey(reference)}`);
  if (!load.schema) throw unimplemented("making a table by loading a file without a schema");
  const { schema, timePartitioning } = load;
  return store.createTable(reference, { schema, ...(timePartitioning && { timePartitioning }) });
}

function checkSame(before: readonly Field[], wished: readonly Field[]): void {
  const shape = (fields: readonly Field[]) => fields.map(({ name, type }) => `${name.toLowerCase()} ${type}`).join();
  if (shape(before) !== shape(wished)) throw invalid("Provided Schema does not match Table");
}

function rowsFor(table: Table, sources: readonly Source[]): readonly Row[] {
  return sources.map((source, index) => {
    try {
      return table.rowOf(source);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      throw invalid(`Error while reading data, error message: row ${index + 1}: ${error.message}`);
    }
  });
}

function splitDecorator(tableId: string): { readonly tableId: string; readonly partition: string | undefined } {
  const [name = "", partition] = tableId.split("$");
  return { tableId: name, partition };
}
