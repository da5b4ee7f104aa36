import type { Clock } from "../../firmware-config/kit/clock.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import type { JobRun, JobStore } from "../warehouse/port.ts";

/** What a job's work came to; the details go to `job_run` as JSON. */
export interface JobResult {
  readonly outcome: JobRun["outcome"];
  readonly details: object;
}

export interface Job {
  readonly name: string;
  readonly work: () => Promise<JobResult>;
}

/** Runs a job and records the run; never throws, because a job's failure must not take the process with it. */
export class JobRunner {
  readonly #warehouse: JobStore;
  readonly #log: Log;
  readonly #clock: Clock;

  constructor({ warehouse, log, clock }: { warehouse: JobStore; log: Log; clock: Clock }) {
    this.#warehouse = warehouse;
    this.#log = log;
    this.#clock = clock;
  }

  async run(job: Job): Promise<JobRun> {
    const startedAt = this.#now();
    const { outcome, details } = await resultOf(job);
    const run = { job: job.name, startedAt, finishedAt: this.#now(), outcome, details: JSON.stringify(details) };
    if (outcome === "ok") this.#log.info({ job: job.name, ...details }, "job done");
    else this.#log.error({ job: job.name, ...details }, "job failed");
    await this.#record(run);
    return run;
  }

  async #record(run: JobRun): Promise<void> {
    try {
      await this.#warehouse.recordRun(run);
    } catch (error) {
      this.#log.error({ job: run.job, reason: messageOf(error) }, "job run not recorded");
    }
  }

  #now(): string {
    return new Date(this.#clock.nowMs()).toISOString();
  }
}

async function resultOf(job: Job): Promise<JobResult> {
  try {
    return await job.work();
  } catch (error) {
    return { outcome: "failed", details: { error: messageOf(error) } };
  }
}
