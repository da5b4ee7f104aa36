import { JOB_CHECKPOINT_COLUMNS, JOB_RUN_COLUMNS } from "../own-columns.ts";
import type { JobCheckpoint, JobRun, JobStore } from "../port.ts";
import { checkpointOf, runOf } from "../read-rows.ts";
import { numberOf } from "../row.ts";
import { archivePartition, closedPartitions, type Partition } from "./archive.ts";
import type { ColdCare } from "./cold-care.ts";
import { listedOn } from "./cold-list.ts";
import type { Database } from "./database.ts";
import { reconcile } from "./reconcile.ts";
import { columnList, selectFromJson } from "./tables.ts";

/** Runs kept of each job. */
const KEPT_RUNS = 1000;

/** By the number, not by a time: while a clock was ahead, runs got times that stay the latest for long. */
const NEWEST_FIRST = "number DESC NULLS LAST, started_at DESC";
const NTH = `row_number() OVER (PARTITION BY job ORDER BY ${NEWEST_FIRST})`;

/** Records job runs and moves closed days to Parquet. */
export class DuckDbJobStore implements Omit<JobStore, "settle"> {
  readonly #database: Database;
  readonly #care: ColdCare;

  constructor(database: Database, care: ColdCare) {
    this.#database = database;
    this.#care = care;
  }

  recordRun(run: JobRun): Promise<void> {
    return this.#database.write(async (session) => {
      const [last] = await session.rows("SELECT coalesce(max(number), 0) AS number FROM job_run");
      const number = (last ? numberOf(last, "number") : 0) + 1;
      const startedAt = utcOf(run.startedAt);
      const finishedAt = run.finishedAt === null ? null : utcOf(run.finishedAt);
      if (run.runId !== "") await session.run("DELETE FROM job_run WHERE run_id = $1", [run.runId]);
      if (run.outcome === "ok") await session.run("DELETE FROM job_checkpoint WHERE run_id = $1", [run.runId]);
      await session.run(`INSERT INTO job_run (${columnList(JOB_RUN_COLUMNS)}) ${selectFromJson(JOB_RUN_COLUMNS)}`, [
        JSON.stringify([{ ...run, number, startedAt, finishedAt }]),
      ]);
      await session.run(
        `DELETE FROM job_run WHERE rowid IN
         (SELECT rowid FROM job_run WHERE job = $1 ORDER BY ${NEWEST_FIRST} OFFSET ${KEPT_RUNS})`,
        [run.job],
      );
    });
  }

  runs(limit: number): Promise<readonly JobRun[]> {
    return this.#database.read(async (session) => {
      const rows = await session.rows(
        `SELECT * EXCLUDE (started_at, finished_at), ${rfc3339("started_at")}, ${rfc3339("finished_at")} FROM job_run
         QUALIFY ${NTH} <= $1 ORDER BY job_run.number DESC NULLS LAST, job_run.started_at DESC`,
        [limit],
      );
      return rows.map(runOf);
    });
  }

  recordCheckpoint(checkpoint: JobCheckpoint): Promise<void> {
    const row = { ...checkpoint, finishedAt: utcOf(checkpoint.finishedAt) };
    return this.#database.write(async (session) => {
      await session.run(
        `INSERT INTO job_checkpoint (${columnList(JOB_CHECKPOINT_COLUMNS)}) ${selectFromJson(JOB_CHECKPOINT_COLUMNS)}`,
        [JSON.stringify([row])],
      );
    });
  }

  checkpoints(runId: string): Promise<readonly JobCheckpoint[]> {
    return this.#database.read(async (session) => {
      const rows = await session.rows(
        `SELECT * EXCLUDE finished_at, ${rfc3339("finished_at")} FROM job_checkpoint WHERE run_id = $1 ORDER BY rowid`,
        [runId],
      );
      return rows.map(checkpointOf);
    });
  }

  async archive(upTo: string): Promise<{ readonly partitions: number; readonly rows: number }> {
    await reconcile(this.#database, this.#care);
    const due = await this.#database.read((session) => closedPartitions(session, upTo));
    let partitions = 0;
    let rows = 0;
    for (const partition of due) {
      if (!(await canBeRewritten(this.#database, this.#care, partition))) continue;
      rows += await archivePartition(this.#database, partition);
      partitions += 1;
    }
    return { partitions, rows };
  }
}

/** False while the date's file is damaged, or its folder is none: its rows stay where they are. */
export async function canBeRewritten(database: Database, care: ColdCare, { table, date }: Partition): Promise<boolean> {
  if (care.isObstructed({ table, date })) return false;
  return care.areGood(await database.read((session) => listedOn(session, table, [date])));
}

const utcOf = (time: string) => new Date(time).toISOString();
const rfc3339 = (column: string) => `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%gZ') AS ${column}`;
