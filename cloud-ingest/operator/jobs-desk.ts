import { AppError } from "../../firmware-config/kit/errors.ts";
import type { JobWish } from "../jobs/job.ts";
import type { Scheduler } from "../jobs/scheduler.ts";
import type { JobCheckpoint, JobRun, JobStore, StoreInfo } from "../warehouse/port.ts";
import { assertWish } from "./check-ask.ts";
import type { Attention } from "./operator.ts";

/** A job and how its last runs went, the newest first. */
export interface JobEntry {
  readonly name: string;
  readonly description: string;
  /** Cron expression. */
  readonly schedule: string;
  /** The zone that it is read in, or `stores`: in each store's own. */
  readonly timezone: string;
  readonly runs: readonly JobRun[];
}

/** A run, and what it has done while it has not ended well. */
export interface ShownRun {
  readonly run: JobRun;
  readonly checkpoints: readonly JobCheckpoint[];
}

/** What an operator can do about jobs. All throw `AppError`. */
export interface JobsOperator {
  list(limit: number): Promise<readonly JobEntry[]>;
  /** By the whole id, or by its beginning if no other run's begins so. */
  show(runId: string): Promise<ShownRun | undefined>;
  run(job: string, wish: JobWish, attention: Attention): Promise<JobRun>;
}

type JobsNow = Pick<Scheduler, "jobs" | "runNow" | "isRunning">;

/** As many runs of each job as a warehouse keeps. */
const ALL_RUNS = 1_000;

export interface JobsDeskParts {
  readonly warehouse: JobStore;
  /** Left out where this process runs no jobs. */
  readonly scheduler?: JobsNow | undefined;
  readonly stores: readonly StoreInfo[];
}

/** Jobs for operators, on the warehouse itself. */
export class JobsDesk implements JobsOperator {
  readonly #warehouse: JobStore;
  readonly #scheduler: JobsNow | undefined;
  readonly #stores: readonly StoreInfo[];

  constructor({ warehouse, scheduler, stores }: JobsDeskParts) {
    this.#warehouse = warehouse;
    this.#scheduler = scheduler;
    this.#stores = stores;
  }

  async list(limit: number): Promise<readonly JobEntry[]> {
    const runs = (await this.#warehouse.runs(limit)).map((run) => this.#seen(run));
    return this.#jobs().jobs.map(({ name, description, schedule }) => {
      const { expression, timezone } = schedule;
      return { name, description, schedule: expression, timezone, runs: runs.filter(({ job }) => job === name) };
    });
  }

  async show(runId: string): Promise<ShownRun | undefined> {
    const found = (await this.#warehouse.runs(ALL_RUNS)).filter((run) => run.runId.startsWith(runId));
    const run = found.find((one) => one.runId === runId) ?? (found.length === 1 ? found[0] : undefined);
    return run && { run: this.#seen(run), checkpoints: await this.#warehouse.checkpoints(run.runId) };
  }

  async run(job: string, wish: JobWish, { signal, onProgress }: Attention): Promise<JobRun> {
    assertWish(wish, this.#stores);
    const told = (done: number, total: number) => onProgress({ done, total });
    return this.#jobs().runNow(job, { wish, signal, onProgress: told });
  }

  /** A warehouse without leases has one process: what that does not run now was cut off, and is taken up by the next start. */
  #seen(run: JobRun): JobRun {
    const isCutOff =
      run.outcome === "running" && this.#warehouse.lease === undefined && !this.#jobs().isRunning(run.job);
    return isCutOff ? { ...run, outcome: "stopped" } : run;
  }

  #jobs(): JobsNow {
    if (this.#scheduler) return this.#scheduler;
    throw new AppError("The process that answers here runs no jobs", {
      code: "USAGE",
      hint: "Ask in the data folder of the process with the role jobs.",
    });
  }
}
