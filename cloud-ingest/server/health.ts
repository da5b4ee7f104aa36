import type { Trouble, TroubleCode } from "../troubles.ts";
import type { JobRun } from "../warehouse/port.ts";
import type { Vitals } from "./vitals.ts";

const INGEST_STUCK_S = 120;
const SILENT_S = 900;
const JOBS_SILENT_S = 26 * 3600;

/** `silent` = nothing stored for 15 minutes; `jobs-silent` = no job ran for 26 hours. */
export type HealthFault = "ingest-stuck" | "silent" | "job-failed" | "jobs-silent" | TroubleCode;

export interface HealthReport {
  readonly status: "ok" | "fault";
  readonly faults: readonly HealthFault[];
  /** What the parts themselves say is wrong; their codes are among the faults. */
  readonly troubles: readonly Trouble[];
  readonly vitals: Vitals;
  /** Seconds since ingest last stored a batch, or since the start when it has not yet. */
  readonly ingestAgeS: number;
  readonly lastRuns: readonly Pick<JobRun, "job" | "outcome" | "finishedAt">[];
}

export interface HealthInput {
  readonly vitals: Vitals;
  readonly troubles: readonly Trouble[];
  /** Newest first. */
  readonly runs: readonly JobRun[];
  readonly nowMs: number;
  readonly startedMs: number;
}

/** Judges the whole from what was stored, not from what is connected: silence is a fault. */
export function healthOf({ vitals, troubles, runs, nowMs, startedMs }: HealthInput): HealthReport {
  const ingestAgeS = ageS(nowMs, Math.max(startedMs, msOf(vitals.lastStoredAt)));
  const lastRuns = lastRunsOf(runs);
  const jobsAgeS = ageS(nowMs, Math.max(startedMs, msOf(runs[0]?.finishedAt)));
  const faults: HealthFault[] = [...new Set(troubles.map((trouble) => trouble.code))];
  if (vitals.inboxDepth > 0 && ingestAgeS > INGEST_STUCK_S) faults.push("ingest-stuck");
  if (ingestAgeS > SILENT_S) faults.push("silent");
  if (lastRuns.some((run) => run.outcome === "failed")) faults.push("job-failed");
  if (jobsAgeS > JOBS_SILENT_S) faults.push("jobs-silent");
  return { status: faults.length === 0 ? "ok" : "fault", faults, troubles, vitals, ingestAgeS, lastRuns };
}

function lastRunsOf(runs: readonly JobRun[]): HealthReport["lastRuns"] {
  const names = [...new Set(runs.map((run) => run.job))];
  const newest = names.flatMap((job) => runs.find((run) => run.job === job) ?? []);
  return newest.map(({ job, outcome, finishedAt }) => ({ job, outcome, finishedAt }));
}

function msOf(time: string | undefined): number {
  return time === undefined ? 0 : Date.parse(time);
}

function ageS(nowMs: number, thenMs: number): number {
  return Math.max(0, Math.round((nowMs - thenMs) / 1000));
}
