import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { aborted } from "../../firmware-config/kit/pause.ts";
import type { JobsConfig } from "../config.ts";
import type { JobRun, JobStore, StoreInfo, TrafficStore } from "../warehouse/port.ts";
import { runArchive } from "./archive.ts";
import { createCronTask } from "./cron.ts";
import { type Job, type JobResult, JobRunner } from "./job.ts";
import { JobHistory } from "./job-history.ts";
import type { JobStats } from "./job-stats.ts";
import { runRollUp } from "./roll-up.ts";

const JOBS = ["roll-up", "archive"] as const;

export type JobName = (typeof JOBS)[number];

export interface SchedulerParts {
  readonly config: JobsConfig;
  readonly stores: readonly StoreInfo[];
  readonly warehouse: TrafficStore & JobStore;
  readonly log: Log;
  readonly clock: Clock;
}

/** Starts jobs by the clock, one at a time; a time that comes while the same job waits or runs is left out. */
export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #history: JobHistory;
  readonly #runner: JobRunner;
  readonly #pending = new Set<JobName>();
  #line: Promise<unknown> = Promise.resolve();
  readonly #stop = new AbortController();

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    this.#history = new JobHistory({ ...parts, jobs: JOBS });
    this.#runner = new JobRunner({ ...parts, history: this.#history });
  }

  /** How the jobs are, from memory. */
  get stats(): JobStats {
    return this.#history.stats;
  }

  /** Schedules until the signal aborts; a running roll-up then stops after its present call, and is waited for. */
  async run(signal: AbortSignal): Promise<void> {
    const { config, log } = this.#parts;
    const tasks = [
      createCronTask({ path: "jobs.rollUp", expression: config.rollUp, start: () => this.#fire("roll-up") }, log),
      createCronTask({ path: "jobs.archive", expression: config.archive, start: () => this.#fire("archive") }, log),
    ];
    await this.#history.load();
    for (const task of tasks) await task.start();
    await aborted(signal);
    this.#stop.abort();
    for (const task of tasks) await task.destroy();
    await this.#line;
  }

  /** Runs a job after the one that runs now, if any, and says how it went; the run is recorded like any other. */
  runNow(name: JobName): Promise<JobRun> {
    const run = this.#line.then(async () => {
      const ended = await this.#runner.run(this.#jobOf(name));
      await this.#history.load();
      return ended;
    });
    this.#line = run;
    return run;
  }

  #fire(name: JobName): void {
    if (this.#stop.signal.aborted) return;
    if (this.#pending.has(name)) {
      this.#parts.log.warn({ job: name }, "job still runs, this time is left out");
      return;
    }
    this.#pending.add(name);
    void this.runNow(name).finally(() => this.#pending.delete(name));
  }

  #jobOf(name: JobName): Job {
    return { name, work: () => (name === "roll-up" ? this.#rollUp() : this.#archive()) };
  }

  async #rollUp(): Promise<JobResult> {
    const { warehouse, stores } = this.#parts;
    const { failures, ...details } = await runRollUp(warehouse, stores, { signal: this.#stop.signal });
    await warehouse.settle();
    if (failures.length === 0) return { outcome: "ok", details };
    return { outcome: "failed", details: { ...details, failed: failures.length, failures: failures.slice(0, 5) } };
  }

  async #archive(): Promise<JobResult> {
    const { warehouse, config, clock } = this.#parts;
    return { outcome: "ok", details: await runArchive(warehouse, config.hotDays, clock) };
  }
}
