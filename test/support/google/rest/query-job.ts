import { ApiError, notFound, unimplemented } from "../bigquery/api-error.ts";
import { type Field, normalizedFields } from "../bigquery/schema.ts";
import type { TableReference } from "../bigquery/table.ts";
import { referenceOf, type TableStore, tableKey } from "../bigquery/table-store.ts";
import { rowOf } from "../bigquery/values.ts";
import type { Result, Work } from "./jobs.ts";
import { paramsOf, type QueryParams } from "./query-params.ts";
import { billedBytes, checkBilled, type QueryConfiguration, type QueryPlan, referenceList } from "./query-plan.ts";

type Source = Readonly<Record<string, unknown>>;

/** What a statement came to, as the test's own engine has it. */
export interface QueryOutcome {
  readonly fields?: readonly Field[];
  readonly rows?: readonly Source[];
  /** Rows that the statement writes; the fake writes them, under the limits of partitions. */
  readonly written?: { readonly table: string; readonly rows: readonly Source[]; readonly replace?: boolean };
  readonly affectedRows?: number;
}

/** Runs a statement in the test's place of BigQuery's engine; an error that it throws is the job's. */
export type RunQuery = (
  sql: string,
  params: QueryParams,
  context: { readonly store: TableStore; readonly projectId: string },
) => QueryOutcome | Promise<QueryOutcome>;

/** Says what is missing. */
export const runNothing: RunQuery = () => {
  throw unimplemented("SQL; give it `run(sql, params)`, or use an emulator");
};

/** The work of a query job: limits, then the engine, then what is written. */
export function queryWork(
  configuration: QueryConfiguration,
  plan: QueryPlan,
  { store, projectId, run }: { readonly store: TableStore; readonly projectId: string; readonly run: RunQuery },
): Work {
  return async () => {
    checkBilled(plan, configuration);
    const outcome = await run(configuration.query, paramsOf(configuration.queryParameters), { store, projectId });
    const written = write(outcome, { store, projectId });
    const fields = normalizedFields(outcome.fields ?? []);
    const rows = (outcome.rows ?? []).map((row) => rowOf(fields, row));
    if (configuration.destinationTable) keep(configuration, configuration.destinationTable, { store, fields, rows });
    const affectedRows = outcome.affectedRows ?? written;
    const result: Result = { fields, rows, ...(affectedRows !== undefined && { affectedRows }) };
    return { statistics: queryStatistics(plan, affectedRows), result };
  };
}

/** The job's `statistics`, of a dry run too. */
export function queryStatistics({ statementType, tables, bytes }: QueryPlan, affectedRows?: number): object {
  return {
    totalBytesProcessed: String(bytes),
    query: {
      statementType,
      totalBytesProcessed: String(bytes),
      totalBytesBilled: String(billedBytes(tables)),
      referencedTables: referenceList(tables),
      cacheHit: false,
      ...(affectedRows !== undefined && { numDmlAffectedRows: String(affectedRows) }),
    },
  };
}

function write({ written }: QueryOutcome, { store, projectId }: { store: TableStore; projectId: string }) {
  if (!written) return undefined;
  const table = store.table(referenceOf(written.table, projectId));
  const rows = written.rows.map((row) => table.rowOf(row));
  table.write(rows, { replace: written.replace ?? false, isDml: true });
  return rows.length;
}

function keep(
  { writeDisposition = "WRITE_EMPTY" }: QueryConfiguration,
  destination: TableReference,
  { store, fields, rows }: { readonly store: TableStore } & Pick<Result, "fields" | "rows">,
): void {
  const [tableId = "", partition] = destination.tableId.split("$");
  const reference = { ...destination, tableId };
  if (!store.find(reference) && partition !== undefined) throw notFound(`Table ${tableKey(reference)}`);
  const table = store.find(reference) ?? store.createTable(reference, { schema: { fields } });
  if (writeDisposition === "WRITE_EMPTY" && table.rows.length > 0) {
    throw new ApiError(409, "duplicate", `Already Exists: Table ${tableKey(reference)}`);
  }
  const replace = writeDisposition === "WRITE_TRUNCATE";
  table.write(
    rows.map((row) => table.rowOf(row)),
    { replace, ...(partition !== undefined && { partition }) },
  );
}
