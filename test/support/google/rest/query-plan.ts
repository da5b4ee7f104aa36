import { ApiError, invalid, notFound } from "../bigquery/api-error.ts";
import type { Table, TableReference } from "../bigquery/table.ts";
import { referenceOf, type TableStore, tableKey } from "../bigquery/table-store.ts";
import type { QueryParameter } from "./query-params.ts";
import { boundsColumn, statementType, tableNames } from "./query-text.ts";

/** JobConfigurationQuery, or the same fields of jobs.query. */
export interface QueryConfiguration {
  readonly query: string;
  readonly useLegacySql?: boolean;
  readonly maximumBytesBilled?: string;
  readonly defaultDataset?: { readonly datasetId: string; readonly projectId?: string };
  readonly destinationTable?: TableReference;
  readonly writeDisposition?: string;
  readonly queryParameters?: readonly QueryParameter[];
}

/** What is known of a query before it runs. */
export interface QueryPlan {
  readonly statementType: string;
  readonly tables: readonly Table[];
  readonly bytes: number;
}

/** The least that is billed for each table. */
const LEAST_BYTES = 10 * 1024 * 1024;

/** Throws as BigQuery does when it plans: no such table, or no bound on a partition column that must have one. */
export function planned(store: TableStore, projectId: string, { query, ...more }: QueryConfiguration): QueryPlan {
  if (!query?.trim()) throw invalid("a query needs its text");
  if (more.useLegacySql) throw invalid("legacy SQL");
  const find = (name: string) => tableOf(store, projectId, { name, dataset: more.defaultDataset });
  const { read, written } = tableNames(query);
  const tables = read.map(find).filter((table) => table !== undefined);
  for (const name of written) find(name);
  for (const table of tables) checkBound(query, table);
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  return { statementType: statementType(query), tables, bytes };
}

/** Throws when the query would bill more than its limit. */
export function checkBilled({ tables }: QueryPlan, { maximumBytesBilled }: QueryConfiguration): void {
  if (maximumBytesBilled === undefined) return;
  const billed = billedBytes(tables);
  if (billed <= Number(maximumBytesBilled)) return;
  const text = `Query exceeded limit for bytes billed: ${maximumBytesBilled}. ${billed} or higher required.`;
  throw new ApiError(400, "bytesBilledLimitExceeded", text);
}

export function billedBytes(tables: readonly Table[]): number {
  return tables.reduce((sum, { bytes }) => sum + Math.max(LEAST_BYTES, bytes), 0);
}

/** A name with a dot is a table's, or one of INFORMATION_SCHEMA; one without may be the query's own. */
function tableOf(
  store: TableStore,
  projectId: string,
  { name, dataset }: { readonly name: string; readonly dataset: QueryConfiguration["defaultDataset"] },
): Table | undefined {
  if (name.toUpperCase().includes("INFORMATION_SCHEMA")) return undefined;
  if (name.includes(".")) {
    const reference = referenceOf(name, projectId);
    const isDataset = store
      .datasets(reference.projectId)
      .some((one) => one.datasetReference.datasetId === reference.datasetId);
    if (!isDataset) throw notFound(`Dataset ${reference.projectId}:${reference.datasetId}`);
    return store.find(reference);
  }
  return dataset && store.find({ projectId, ...dataset, tableId: name });
}

function checkBound(query: string, table: Table): void {
  const column = table.columnToBound;
  if (column === undefined || boundsColumn(query, column)) return;
  const { projectId, datasetId, tableId } = table.reference;
  const text = `Cannot query over table '${projectId}.${datasetId}.${tableId}' without a filter over column(s) '${column}' that can be used for partition elimination`;
  throw new ApiError(400, "invalidQuery", text);
}

export function referenceList(tables: readonly Table[]): readonly TableReference[] {
  return tables.map(({ reference }) => reference).sort((a, b) => (tableKey(a) < tableKey(b) ? -1 : 1));
}
