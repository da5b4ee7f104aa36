import type { Clock } from "../../firmware-config/kit/clock.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import type { JobRun, JobStore } from "../warehouse/port.ts";
import type { JobCount, JobStats } from "./job-stats.ts";

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
  #isLoaded = false;
  #quietSinceMs: number;
  #runningSinceMs: number | undefined;

  constructor(parts: JobHistoryParts) {
    this.#parts = parts;
    this.#quietSinceMs = parts.clock.monotonicMs();
  }

  /** Reads the runs of before the start, unless that has worked once; a warehouse that cannot be read is logged. */
  async load(): Promise<void> {
    if (this.#isLoaded) return;
    try {
      const runs = await this.#parts.warehouse.runs(1);
      this.#isLoaded = true;
      for (const run of runs) if (!this.#last.has(run.job)) this.#last.set(run.job, run);
    } catch (error) {
      this.#parts.log.warn({ reason: messageOf(error) }, "earlier job runs could not be read");
    }
  }

  begin(): void {
    this.#runningSinceMs = this.#parts.clock.monotonicMs();
  }

  end(run: JobRun): void {
    const { job, outcome } = run;
    const key = `${job} ${outcome}`;
    this.#last.set(job, run);
    this.#counts.set(key, { job, outcome, count: (this.#counts.get(key)?.count ?? 0) + 1 });
    this.#quietSinceMs = this.#parts.clock.monotonicMs();
    this.#runningSinceMs = undefined;
  }

  get stats(): JobStats {
    const { jobs, clock } = this.#parts;
    const nowMs = clock.monotonicMs();
    return {
      lastRuns: jobs.flatMap((job) => this.#last.get(job) ?? []),
      counts: [...this.#counts.values()],
      quietS: seconds(nowMs - this.#quietSinceMs),
      runningS: seconds(nowMs - (this.#runningSinceMs ?? nowMs)),
    };
  }
}

const seconds = (ms: number) => Math.round(ms / 1000);
