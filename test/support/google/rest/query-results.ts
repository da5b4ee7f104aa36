import { pageOf } from "./call.ts";
import { cellsOf } from "./cells.ts";
import type { Job } from "./jobs.ts";

/** How long BigQuery itself waits for a query before it says that it runs still. */
export const DEFAULT_WAIT_MS = 10_000;

/** Waits as long as the caller does; a failed job is answered with its error. */
export async function queryResults(job: Job, query: URLSearchParams): Promise<object> {
  await settled(job, Number(query.get("timeoutMs") ?? DEFAULT_WAIT_MS));
  const base = { kind: "bigquery#getQueryResultsResponse", jobReference: job.reference };
  if (job.state !== "DONE") return { ...base, jobComplete: false };
  if (job.error) throw job.error;
  const { fields = [], rows = [], affectedRows } = job.result ?? {};
  const { items, next } = pageOf(rows, query);
  return {
    ...base,
    ...job.statistics,
    jobComplete: true,
    schema: { fields },
    rows: items.map((row) => cellsOf(fields, row)),
    totalRows: String(rows.length),
    ...(next && { pageToken: next }),
    ...(affectedRows !== undefined && { numDmlAffectedRows: String(affectedRows) }),
  };
}

async function settled(job: Job, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([job.done, patience]);
  clearTimeout(timer);
}
