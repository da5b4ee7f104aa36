import type { JobRun } from "../warehouse/port.ts";

/** Runs of one job with one outcome since the start. */
export interface JobCount {
  readonly job: string;
  readonly outcome: JobRun["outcome"];
  readonly count: number;
}

/** How the jobs are, from memory. */
export interface JobStats {
  /** The run recorded last of each job that exists now, of those that ended, whatever its times say. */
  readonly lastRuns: readonly JobRun[];
  readonly counts: readonly JobCount[];
  /** Seconds since a job last ended, or since the start when none has, by the clock that never jumps. */
  readonly quietS: number;
  /** Seconds for which the longest of the runs of the moment has run; 0 when none runs. */
  readonly runningS: number;
}
