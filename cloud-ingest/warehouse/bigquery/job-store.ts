import type { JobRun, JobStore } from "../port.ts";
import { runOf } from "../read-rows.ts";
import { numberOf } from "../row.ts";
import type { Appenders } from "./appenders.ts";
import type { BigQueryClient } from "./big-query-client.ts";

/** Runs kept of each job. */
export const KEPT_RUNS = 1000;
/** By the number, not by a time: while a clock was ahead, runs got times that stay the latest for long. */
const NTH = "ROW_NUMBER() OVER (PARTITION BY job ORDER BY number DESC, started_at DESC)";

/** Records job runs, and keeps the tables of our own bookkeeping small. */
export class BigQueryJobStore implements Omit<JobStore, "settle"> {
  readonly #client: BigQueryClient;
  readonly #appenders: Appenders;

  constructor(client: BigQueryClient, appenders: Appenders) {
    this.#client = client;
    this.#appenders = appenders;
  }

  async recordRun(run: JobRun): Promise<void> {
    const [last] = await this.#client.rows({ sql: "SELECT MAX(number) AS number FROM job_run" });
    const number = (last ? numberOf(last, "number") : 0) + 1;
    await this.#appenders.append("job_run", [{ ...run, number }]);
  }

  async runs(limit: number): Promise<readonly JobRun[]> {
    return (await this.#client.rows({ sql: runsSql(limit) })).map(runOf);
  }

  /** Old days stay where they are; what was noted beside them is settled and thinned out. */
  async archive(): Promise<{ readonly partitions: number; readonly rows: number }> {
    await this.#client.change({
      sql: `DELETE FROM ledger AS l WHERE l.last_number < (SELECT MAX(n.last_number) FROM ledger AS n
        WHERE n.stream = l.stream AND n.worker = l.worker)`,
    });
    await this.#client.change({
      sql: `DELETE FROM job_run WHERE number IN (SELECT number FROM job_run WHERE TRUE QUALIFY ${NTH} > ${KEPT_RUNS})`,
    });
    return { partitions: 0, rows: 0 };
  }
}

/** The last runs of every job, the last recorded first. */
export const runsSql = (limit: number) =>
  `SELECT * FROM job_run WHERE TRUE QUALIFY ${NTH} <= ${limit} ORDER BY number DESC, started_at DESC`;
