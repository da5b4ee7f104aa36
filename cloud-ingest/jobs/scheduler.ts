import type { Clock } from "../../firmware-config/kit/clock.ts";
import { AppError } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { aborted } from "../../firmware-config/kit/pause.ts";
import type { AlertSink } from "../alerts/port.ts";
import type { JobsConfig } from "../config.ts";
import type { Registry } from "../registry/registry.ts";
import type { DerivedStore } from "../warehouse/derived-port.ts";
import type { JobRun, JobStore, StoreInfo, TrafficStore } from "../warehouse/port.ts";
import type { RowStore } from "../warehouse/row-port.ts";
import { allJobs } from "./all-jobs.ts";
import { type CronTask, createCronTask, wasMissed } from "./cron.ts";
import { Artefacts } from "./forecast/artefacts.ts";
import type { Job } from "./job.ts";
import { JobHistory } from "./job-history.ts";
import { JobRunner, type RunOptions } from "./job-runner.ts";
import type { JobStats } from "./job-stats.ts";
import { Lanes } from "./lanes.ts";

export interface SchedulerParts {
  readonly config: JobsConfig;
  readonly stores: readonly StoreInfo[];
  readonly warehouse: TrafficStore & JobStore & DerivedStore & Pick<RowStore, "sourceRows">;
  /** Read anew by each run that needs it: a merge counts from the next run on. */
  readonly registry: () => Promise<Registry>;
  /** Where models are kept. */
  readonly modelDir: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly alerts?: AlertSink;
}

type Asked = Pick<RunOptions, "wish" | "resumed" | "onProgress"> & { readonly signal?: AbortSignal };

/** Starts jobs by the clock, those of a lane one at a time; a time that comes while the same job waits or runs is left out. */
export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #jobs: readonly Job[];
  readonly #history: JobHistory;
  readonly #runner: JobRunner;
  readonly #pending = new Set<string>();
  readonly #lanes = new Lanes();
  readonly #stop = new AbortController();
  /** Until what was cut off or missed before this start has been looked for. */
  #tasks: readonly CronTask[] | undefined;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    this.#jobs = allJobs({ ...parts, artefacts: new Artefacts(parts.modelDir, parts.log) });
    this.#history = new JobHistory({ ...parts, jobs: this.#jobs.map(({ name }) => name) });
    this.#runner = new JobRunner({ ...parts, history: this.#history });
  }

  /** How the jobs are, from memory. */
  get stats(): JobStats {
    return this.#history.stats;
  }

  /** Whether this process runs a job now. */
  isRunning(job: string): boolean {
    return this.#history.isRunning(job);
  }

  get jobs(): readonly Job[] {
    return this.#jobs;
  }

  /**
   * Takes up what was killed or stopped, catches up on times that were missed, then schedules until the signal aborts; what runs stops
   * after its present step, and is waited for.
   */
  async run(signal: AbortSignal): Promise<void> {
    const tasks = this.#jobs.map((job) =>
      createCronTask({ ...job.schedule, start: () => this.#fire(job) }, this.#parts),
    );
    this.#tasks = tasks;
    await this.#load();
    for (const task of tasks) await task.start();
    await aborted(signal);
    this.#stop.abort();
    for (const task of tasks) await task.destroy();
    await this.#lanes.idle();
  }

  /**
   * Runs a job after those of its lane that wait or run, and says how it went; the run is recorded like any other. Throws USAGE for
   * a job that there is not, or that another process runs.
   */
  async runNow(name: string, asked: Asked = {}): Promise<JobRun> {
    const job = this.#jobs.find((one) => one.name === name);
    if (!job) throw noSuchJob(name, this.#jobs);
    const run = await this.#run(job, asked);
    if (!run) throw runsElsewhere(name);
    return run;
  }

  #fire(job: Job, asked: Asked = {}): void {
    if (this.#stop.signal.aborted) return;
    if (this.#pending.has(job.name) || this.#runner.isStuck(job.name)) {
      this.#parts.log.warn({ job: job.name }, "job still runs, this time is left out");
      return;
    }
    this.#pending.add(job.name);
    void this.#run(job, asked).finally(() => this.#pending.delete(job.name));
  }

  #run(job: Job, { signal = this.#stop.signal, ...asked }: Asked): Promise<JobRun | undefined> {
    const ends = AbortSignal.any([signal, this.#stop.signal]);
    return this.#lanes.run(job.lane, async () => {
      const ended = await this.#runner.run(job, { ...asked, signal: ends });
      await this.#load();
      return ended;
    });
  }

  /** As soon as the warehouse can be read. */
  async #load(): Promise<void> {
    await this.#history.load();
    const tasks = this.#tasks;
    if (!this.#history.isLoaded || !tasks) return;
    this.#tasks = undefined;
    this.#takeUp(tasks);
  }

  #takeUp(tasks: readonly CronTask[]): void {
    const { clock, log } = this.#parts;
    for (const [index, job] of this.#jobs.entries()) {
      const { unfinished, last } = this.#history.of(job.name);
      const task = tasks[index];
      if (unfinished) {
        log.warn({ job: job.name, startedAt: unfinished.startedAt }, "a run that was cut off is taken up again");
        this.#fire(job, { resumed: unfinished });
      } else if (last && task && wasMissed(task, { since: Date.parse(last.startedAt), now: clock.nowMs() })) {
        log.info({ job: job.name, last: last.startedAt }, "a time of the job was missed; it runs now");
        this.#fire(job);
      }
    }
  }
}

function noSuchJob(name: string, jobs: readonly Job[]): AppError {
  return new AppError(`There is no job ${name}`, {
    code: "USAGE",
    hint: `Jobs: ${jobs.map((job) => job.name).join(", ")}.`,
  });
}

function runsElsewhere(name: string): AppError {
  return new AppError(`The job ${name} runs in another process, or has just ended there`, {
    code: "USAGE",
    hint: "Try again in half a minute.",
  });
}
