import { ApiError, invalid, unimplemented } from "../bigquery/api-error.ts";
import type { TableReference } from "../bigquery/table.ts";
import { tableKey } from "../bigquery/table-store.ts";
import type { StatementNode } from "../sql/parse/statements.ts";
import type { QueryParameter } from "../sql/resolve/params.ts";
import type { Plan } from "../sql/run/plan.ts";
import type { SqlEngine, SqlJob } from "../sql/run/sql-engine.ts";
import type { TableUsage } from "../sql/run/usage.ts";

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
  readonly job: SqlJob;
  readonly nodes: readonly StatementNode[];
  /** Of the only statement; a script is planned as it runs. */
  readonly only: Plan | undefined;
}

/** Settings of a query job that the fake does not act on, and that would change what it does. */
const UNDONE = [
  "clustering",
  "connectionProperties",
  "createSession",
  "rangePartitioning",
  "schemaUpdateOptions",
  "tableDefinitions",
  "timePartitioning",
  "userDefinedFunctionResources",
];

/** The least that is billed for each table. */
const LEAST_BYTES = 10 * 1024 * 1024;

/** Throws as BigQuery does when it plans: wrong syntax, no such table, or no bound on a partition column that must have one. */
export function plannedQuery(engine: SqlEngine, projectId: string, configuration: QueryConfiguration): QueryPlan {
  const { query, useLegacySql, defaultDataset, queryParameters } = configuration;
  if (!query?.trim()) throw invalid("a query needs its text");
  if (useLegacySql) throw invalid("legacy SQL");
  const undone = UNDONE.find((name) => name in configuration);
  if (undone) throw unimplemented(`query jobs with ${undone}`);
  const job = { sql: query, projectId, defaultDataset, parameters: queryParameters };
  const nodes = engine.parse(job);
  const [first, ...more] = nodes;
  return { job, nodes, only: first && more.length === 0 ? engine.plan(first, job) : undefined };
}

/** Throws when the query would bill more than its limit. */
export function checkBilled(usage: readonly TableUsage[], { maximumBytesBilled }: QueryConfiguration): void {
  if (maximumBytesBilled === undefined) return;
  const billed = billedBytes(usage);
  if (billed <= Number(maximumBytesBilled)) return;
  const text = `Query exceeded limit for bytes billed: ${maximumBytesBilled}. ${billed} or higher required.`;
  throw new ApiError(400, "bytesBilledLimitExceeded", text);
}

export function billedBytes(usage: readonly TableUsage[]): number {
  return usage.reduce((sum, { bytes }) => sum + Math.max(LEAST_BYTES, bytes), 0);
}

export function processedBytes(usage: readonly TableUsage[]): number {
  return usage.reduce((sum, { bytes }) => sum + bytes, 0);
}

export function referenceList(usage: readonly TableUsage[]): readonly TableReference[] {
  return usage.map(({ table }) => table.reference).sort((a, b) => (tableKey(a) < tableKey(b) ? -1 : 1));
}
