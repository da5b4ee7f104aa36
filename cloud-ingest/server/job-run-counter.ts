import type { JobRun } from "../warehouse/port.ts";

/** Turns the list of last runs into a count that only grows: each run since the start once. */
export class JobRunCounter {
  readonly #startedAt: string;
  #seen: ReadonlySet<string> = new Set();

  constructor(startedMs: number) {
    this.#startedAt = new Date(startedMs).toISOString();
  }

  /** The runs of the list that were not in the list before. */
  newRuns(runs: readonly JobRun[]): readonly JobRun[] {
    const fresh = runs.filter((run) => run.finishedAt >= this.#startedAt && !this.#seen.has(keyOf(run)));
    this.#seen = new Set(runs.map(keyOf));
    return fresh;
  }
}

function keyOf(run: JobRun): string {
  return `${run.job} ${run.startedAt} ${run.finishedAt}`;
}
