import type { JobRun } from "../../cloud-ingest/warehouse/port.ts";

const AT = "2026-03-02T01:00:00.000Z";
let made = 0;

/** A run of a job that ended well, but for what `said` says otherwise; each with an id of its own. */
export function aRun(said: Partial<JobRun> = {}): JobRun {
  made += 1;
  const about = { runId: `run-${made}`, job: "roll-up", parameters: "{}", codeVersion: "0.1.0", details: "{}" };
  return { ...about, startedAt: AT, finishedAt: AT, outcome: "ok", ...said };
}
