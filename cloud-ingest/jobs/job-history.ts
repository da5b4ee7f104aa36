import type { Clock } from "../../firmware-config/kit/clock.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { groupBy } from "../group-by.ts";
import type { JobRun, JobStore } from "../warehouse/port.ts";
import type { JobCount, JobStats } from "./job-stats.ts";

/** A run that was cut off and the one before it; more, should several have been. */
const LOOKED_AT = 10;

export interface JobHistoryParts {
  readonly warehouse: Pick<JobStore, "runs">;
  /** The jobs that exist now: what a removed job left behind does not count. */
  readonly jobs: readonly string[];
  readonly log: Log;
  readonly clock: Clock;
}

/** Remembers how the jobs' runs went, so that nobody has to ask the warehouse; read from it once. */
export class JobHistory {
  readonly #parts: JobHistoryParts;
  readonly #last = new Map<string, JobRun>();
  readonly #counts = new Map<string, JobCount>();
  #quietSinceMs: number;
  readonly #unfinished = new Map<string, JobRun>();
  readonly #runningSinceMs = new Map<string, number>();

  /** True once the runs of before the start are known. */
  isLoaded = false;

  constructor(parts: JobHistoryParts) {
    this.#parts = parts;
    this.#quietSinceMs = parts.clock.monotonicMs();
  }

  /** Reads the runs of before the start, unless that has worked once; a warehouse that cannot be read is logged. */
  async load(): Promise<void> {
    if (this.isLoaded) return;
    try {
      const runs = await this.#parts.warehouse.runs(LOOKED_AT);
      this.isLoaded = true;
      for (const [job, ofJob] of groupBy(runs, (run) => run.job)) this.#note(job, ofJob);
    } catch (error) {
      this.#parts.log.warn({ reason: messageOf(error) }, "earlier job runs could not be read");
    }
  }

  /** How a job's last run went, and its newest run if that was cut off before this start. */
  of(job: string): { readonly last?: JobRun; readonly unfinished?: JobRun } {
    const [last, unfinished] = [this.#last.get(job), this.#unfinished.get(job)];
    return { ...(last && { last }), ...(unfinished && { unfinished }) };
  }

  /** Whether this process runs it now. */
  isRunning(job: string): boolean {
    return this.#runningSinceMs.has(job);
  }

  begin(run: JobRun): void {
    this.#unfinished.delete(run.job);
    this.#runningSinceMs.set(run.job, this.#parts.clock.monotonicMs());
  }

  end(run: JobRun): void {
    const { job, outcome } = run;
    const key = `${job} ${outcome}`;
    this.#last.set(job, run);
    this.#counts.set(key, { job, outcome, count: (this.#counts.get(key)?.count ?? 0) + 1 });
    this.#quietSinceMs = this.#parts.clock.monotonicMs();
    this.#runningSinceMs.delete(job);
  }

  /** What has happened since the start counts more; `runs` has the newest first. */
  #note(job: string, runs: readonly JobRun[]): void {
    if (this.#last.has(job) || this.#runningSinceMs.has(job)) return;
    const [newest] = runs;
    const last = runs.find(({ outcome }) => outcome === "ok" || outcome === "failed");
    if (last) this.#last.set(job, last);
    if (newest && newest !== last) this.#unfinished.set(job, newest);
  }

  get stats(): JobStats {
    const { jobs, clock } = this.#parts;
    const nowMs = clock.monotonicMs();
    return {
      lastRuns: jobs.flatMap((job) => this.#last.get(job) ?? []),
      counts: [...this.#counts.values()],
      quietS: seconds(nowMs - this.#quietSinceMs),
      runningS: seconds(nowMs - Math.min(nowMs, ...this.#runningSinceMs.values())),
    };
  }
}

const seconds = (ms: number) => Math.round(ms / 1000);
