import type { JobStats } from "../jobs/job-stats.ts";
import type { Trouble, TroubleCode } from "../troubles.ts";
import type { JobRun } from "../warehouse/port.ts";
import type { Vitals } from "./vitals.ts";

const INGEST_STUCK_S = 120;
const SILENT_S = 900;
const JOBS_SILENT_S = 26 * 3600;
/** A roll-up of thirty years, the longest job that we know, takes minutes. */
const JOB_STUCK_S = 6 * 3600;

/** `silent` = nothing stored for 15 minutes; `jobs-silent` = no job ended for 26 hours; `job-stuck` = one runs for 6. */
export type HealthFault = "ingest-stuck" | "silent" | "job-failed" | "jobs-silent" | "job-stuck" | TroubleCode;

export interface HealthReport {
  readonly status: "ok" | "fault";
  readonly faults: readonly HealthFault[];
  /** What the parts themselves say is wrong; their codes are among the faults. */
  readonly troubles: readonly Trouble[];
  readonly vitals: Vitals;
  /** Seconds since ingest last stored a batch, or since the start when it has not yet. */
  readonly ingestAgeS: number;
  /** The run recorded last of each job that exists. */
  readonly lastRuns: readonly Pick<JobRun, "job" | "outcome" | "finishedAt">[];
}

export interface HealthInput {
  readonly vitals: Vitals;
  /** Left out where no jobs run. */
  readonly jobs?: JobStats | undefined;
  readonly troubles: readonly Trouble[];
  readonly ingestAgeS: number;
}

/**
 * Judges the whole from what was stored, not from what is connected: silence is a fault. Ages come from clocks that never
 * jump, so a wall clock that was ahead neither hides a fault nor makes one. A part that does not run here is not judged here.
 */
export function healthOf({ vitals, jobs, troubles, ingestAgeS }: HealthInput): HealthReport {
  const codes: HealthFault[] = troubles.map((trouble) => trouble.code);
  const ingest = vitals.stored === undefined ? [] : ingestFaults(vitals, ingestAgeS);
  const faults = [...new Set([...codes, ...ingest, ...(jobs ? jobFaults(jobs) : [])])];
  const lastRuns = (jobs?.lastRuns ?? []).map(({ job, outcome, finishedAt }) => ({ job, outcome, finishedAt }));
  return { status: faults.length === 0 ? "ok" : "fault", faults, troubles, vitals, ingestAgeS, lastRuns };
}

function ingestFaults({ inboxDepth = 0 }: Vitals, ingestAgeS: number): readonly HealthFault[] {
  const faults: HealthFault[] = [];
  if (inboxDepth > 0 && ingestAgeS > INGEST_STUCK_S) faults.push("ingest-stuck");
  if (ingestAgeS > SILENT_S) faults.push("silent");
  return faults;
}

function jobFaults({ lastRuns, quietS, runningS }: JobStats): readonly HealthFault[] {
  const faults: HealthFault[] = [];
  if (lastRuns.some((run) => run.outcome === "failed")) faults.push("job-failed");
  if (quietS > JOBS_SILENT_S) faults.push("jobs-silent");
  if (runningS > JOB_STUCK_S) faults.push("job-stuck");
  return faults;
}
