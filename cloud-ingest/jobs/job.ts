import type { Clock } from "../../firmware-config/kit/clock.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import type { JobRun, JobStore } from "../warehouse/port.ts";
import type { JobHistory } from "./job-history.ts";

/** What a job's work came to; the details go to `job_run` as JSON. */
export interface JobResult {
  readonly outcome: JobRun["outcome"];
  readonly details: object;
}

export interface Job {
  readonly name: string;
  readonly work: () => Promise<JobResult>;
}

export interface JobRunnerParts {
  readonly warehouse: JobStore;
  readonly history: JobHistory;
  readonly log: Log;
  readonly clock: Clock;
}

/** Runs a job and records the run; never throws, because a job's failure must not take the process with it. */
export class JobRunner {
  readonly #parts: JobRunnerParts;

  constructor(parts: JobRunnerParts) {
    this.#parts = parts;
  }

  async run(job: Job): Promise<JobRun> {
    const { history, log } = this.#parts;
    const startedAt = this.#now();
    history.begin();
    const { outcome, details } = await this.#measured(job);
    const run = { job: job.name, startedAt, finishedAt: this.#now(), outcome, details: JSON.stringify(details) };
    if (outcome === "ok") log.info({ job: job.name, ...details }, "job done");
    else log.error({ job: job.name, ...details }, "job failed");
    history.end(run);
    await this.#record(run);
    return run;
  }

  /** What a job cost stands in its details, where it costs anything. */
  async #measured(job: Job): Promise<JobResult> {
    const { warehouse } = this.#parts;
    if (!warehouse.measureCost) return resultOf(job);
    const { result, cost } = await warehouse.measureCost(() => resultOf(job));
    return cost.statements === 0 ? result : { ...result, details: { ...result.details, cost } };
  }

  async #record(run: JobRun): Promise<void> {
    const { warehouse, log } = this.#parts;
    try {
      await warehouse.recordRun(run);
    } catch (error) {
      log.error({ job: run.job, reason: messageOf(error) }, "job run not recorded");
    }
  }

  #now(): string {
    return new Date(this.#parts.clock.nowMs()).toISOString();
  }
}

async function resultOf(job: Job): Promise<JobResult> {
  try {
    return await job.work();
  } catch (error) {
    return { outcome: "failed", details: { error: messageOf(error) } };
  }
}
