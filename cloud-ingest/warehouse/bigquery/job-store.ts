import type { JobCheckpoint, JobRun, JobStore } from "../port.ts";
import { checkpointOf, runOf } from "../read-rows.ts";
import { numberOf } from "../row.ts";
import type { Appenders } from "./appenders.ts";
import type { BigQueryClient } from "./big-query-client.ts";

/** Runs kept of each job. */
export const KEPT_RUNS = 1000;
/** By the number, not by a time: while a clock was ahead, runs got times that stay the latest for long. */
const NEWEST_FIRST = "ORDER BY number DESC, started_at DESC";
const NTH = `ROW_NUMBER() OVER (PARTITION BY job ${NEWEST_FIRST})`;
/** Runs of an older version have no id, and one row each. */
const RUN =
  "IF(COALESCE(run_id, '') = '', CONCAT(job, ' ', CAST(COALESCE(number, 0) AS STRING), ' ', CAST(started_at AS STRING)), run_id)";
const NTH_WORD = `ROW_NUMBER() OVER (PARTITION BY ${RUN} ${NEWEST_FIRST})`;
/** What was said last of each run. */
const LAST_WORDS = `SELECT * FROM job_run WHERE TRUE QUALIFY ${NTH_WORD} = 1`;

/** Records job runs, and keeps the tables of our own bookkeeping small. */
export class BigQueryJobStore implements Omit<JobStore, "settle" | "lease"> {
  readonly #client: BigQueryClient;
  readonly #appenders: Appenders;
  /** The number last given to each run that this process has open: asking for it is what a record costs. */
  readonly #open = new Map<string, number>();

  constructor(client: BigQueryClient, appenders: Appenders) {
    this.#client = client;
    this.#appenders = appenders;
  }

  async recordRun(run: JobRun): Promise<void> {
    const number = (this.#open.get(run.runId) ?? (await this.#lastNumber())) + 1;
    await this.#appenders.append("job_run", [{ ...run, number }]);
    if (run.outcome === "running") this.#open.set(run.runId, number);
    else this.#open.delete(run.runId);
  }

  async runs(limit: number): Promise<readonly JobRun[]> {
    return (await this.#client.rows({ sql: runsSql(limit) })).map(runOf);
  }

  async recordCheckpoint(checkpoint: JobCheckpoint): Promise<void> {
    await this.#appenders.append("job_checkpoint", [checkpoint]);
  }

  async checkpoints(runId: string): Promise<readonly JobCheckpoint[]> {
    const sql = "SELECT * FROM job_checkpoint WHERE run_id = @runId ORDER BY finished_at, step";
    return (await this.#client.rows({ sql, params: { runId } })).map(checkpointOf);
  }

  /** Old days stay where they are; what was noted beside them is settled and thinned out. */
  async archive(): Promise<{ readonly partitions: number; readonly rows: number }> {
    await this.#client.change({
      sql: `DELETE FROM ledger AS l WHERE l.last_number < (SELECT MAX(n.last_number) FROM ledger AS n
        WHERE n.stream = l.stream AND n.worker = l.worker)`,
    });
    await this.#client.change({
      sql: `DELETE FROM job_checkpoint WHERE run_id IN (SELECT run_id FROM job_run WHERE outcome = 'ok')`,
    });
    await this.#client.change({ sql: `DELETE FROM job_run WHERE ${WORD} IN (${PAST})` });
    return { partitions: 0, rows: 0 };
  }

  async #lastNumber(): Promise<number> {
    const [last] = await this.#client.rows({ sql: "SELECT MAX(number) AS number FROM job_run" });
    return last ? numberOf(last, "number") : 0;
  }
}

/** Two processes may give one number to runs of two jobs. */
const WORD = "CONCAT(job, ' ', CAST(number AS STRING))";
/** What is not the last word of a run, and runs beyond those kept. */
const PAST = `SELECT word FROM (SELECT ${WORD} AS word, ${NTH_WORD} AS nth_word, ${NTH} AS nth FROM job_run)
  WHERE nth_word > 1 OR nth > ${KEPT_RUNS}`;

/** The last runs of every job, the last recorded first. */
export const runsSql = (limit: number) =>
  `SELECT * FROM (${LAST_WORDS}) WHERE TRUE QUALIFY ${NTH} <= ${limit} ${NEWEST_FIRST}`;
