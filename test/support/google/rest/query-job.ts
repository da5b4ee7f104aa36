import { ApiError, notFound } from "../bigquery/api-error.ts";
import { type TableStore, tableKey } from "../bigquery/table-store.ts";
import { type Outcome, Script } from "../sql/run/script.ts";
import type { SqlEngine } from "../sql/run/sql-engine.ts";
import type { Result, Work } from "./jobs.ts";
import { checkBilled, type QueryConfiguration, type QueryPlan } from "./query-plan.ts";
import { affectedRows, outcomeStatistics } from "./query-statistics.ts";

/** The work of a query job: limits, then the engine, then what is kept of the rows. */
export function queryWork(engine: SqlEngine, configuration: QueryConfiguration, { job, nodes }: QueryPlan): Work {
  return async () => {
    const check = ({ usage }: Outcome["plan"]) => checkBilled(usage, configuration);
    const outcomes = await engine.inTurn((session) => new Script(engine, session, job).run(nodes, check));
    const result = resultOf(outcomes);
    keep(configuration, engine.store, result);
    return { statistics: outcomeStatistics(outcomes), result };
  };
}

/** The work, counted against what its tables take of DML from when the job is taken until it is done. */
export function withinQuota(engine: SqlEngine, { job, nodes }: QueryPlan, work: Work): Work {
  return async () => {
    const end = engine.beginDml(nodes, job);
    try {
      return await work();
    } finally {
      end();
    }
  };
}

/** The rows of the last query in the job. */
function resultOf(outcomes: readonly Outcome[]): Result {
  const last = outcomes.filter(({ plan }) => plan.work.kind === "rows").at(-1);
  const affected = affectedRows(outcomes);
  return {
    fields: last?.fields ?? [],
    rows: last?.rows ?? [],
    ...(affected !== undefined && { affectedRows: affected }),
  };
}

function keep(
  { destinationTable, writeDisposition = "WRITE_EMPTY" }: QueryConfiguration,
  store: TableStore,
  { fields, rows }: Result,
): void {
  if (!destinationTable) return;
  const [tableId = "", partition] = destinationTable.tableId.split("$");
  const reference = { ...destinationTable, tableId };
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
