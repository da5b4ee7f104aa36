import type { JobCheckpoint, JobRun, Ledger, TrafficRow } from "./port.ts";
import type { DeviceRecord } from "./presence.ts";
import type { AcceptedDifference, QuarantinedMessage, QuarantineGroup, QuarantineReplay } from "./quarantine-port.ts";
import { numberOf, type Row, textOf, timeOf } from "./row.ts";

// What rows of our own tables say, whichever driver reads them.

/** A row of the table `device`. */
export function recordOf(row: Row): DeviceRecord {
  return {
    tenant: textOf(row, "tenant"),
    store: textOf(row, "store"),
    device: textOf(row, "device"),
    bootId: textOf(row, "boot_id"),
    bootStartedAt: textOf(row, "boot_started_at"),
    online: row.online === true,
    stopped: row.stopped === true,
    lastSeenAt: textOf(row, "last_seen_at"),
    birthTs: textOf(row, "birth_ts"),
    agentVersion: textOf(row, "agent_version"),
    modelName: textOf(row, "model_name"),
    cameras: textOf(row, "cameras"),
    bootNumber: numberOf(row, "boot_number"),
    bootAt: textOf(row, "boot_at"),
    stateSeq: numberOf(row, "state_seq"),
    stateAt: textOf(row, "state_at"),
    lastDataAt: textOf(row, "last_data_at"),
    olderBoots: textOf(row, "older_boots"),
  };
}

/** Counts of a span, whose start is `local_text`. */
export const trafficOf = (row: Row, targetName: string): TrafficRow => ({
  deviceId: textOf(row, "device_id"),
  cameraId: textOf(row, "camera_id"),
  targetKind: row.target_kind === "zone" ? "zone" : "line",
  targetId: textOf(row, "target_id"),
  targetName,
  businessDate: textOf(row, "business_date"),
  localStart: textOf(row, "local_text"),
  spanS: numberOf(row, "span_s"),
  in: numberOf(row, "in"),
  out: numberOf(row, "out"),
  visits: numberOf(row, "visits"),
  stops: numberOf(row, "stops"),
  passersBy: numberOf(row, "passers_by"),
  dwellS: numberOf(row, "dwell_s"),
  occupancyMean: numberOf(row, "occupancy_mean"),
  occupancyMax: numberOf(row, "occupancy_max"),
  observedS: numberOf(row, "observed_s"),
});

/** A row with the three sums of a ledger. */
export const ledgerOf = (row: Row): Ledger => ({
  stored: numberOf(row, "stored"),
  duplicate: numberOf(row, "duplicate"),
  quarantined: numberOf(row, "quarantined"),
});

/** A row of `job_run`. */
export const runOf = (row: Row): JobRun => ({
  runId: textOf(row, "run_id"),
  job: textOf(row, "job"),
  startedAt: timeOf(row, "started_at"),
  finishedAt: row.finished_at === null ? null : timeOf(row, "finished_at"),
  outcome: OUTCOMES.find((outcome) => outcome === row.outcome) ?? "failed",
  parameters: textOf(row, "parameters") || "{}",
  codeVersion: textOf(row, "code_version"),
  details: textOf(row, "details"),
});

const OUTCOMES = ["running", "ok", "failed", "stopped"] as const;

/** A row of `job_checkpoint`. */
export const checkpointOf = (row: Row): JobCheckpoint => ({
  runId: textOf(row, "run_id"),
  step: textOf(row, "step"),
  finishedAt: timeOf(row, "finished_at"),
  details: textOf(row, "details"),
});

/** A row of `ledger_accepted`. */
export const acceptedOf = (row: Row): AcceptedDifference => ({
  stream: textOf(row, "stream"),
  difference: numberOf(row, "difference"),
  acceptedAt: timeOf(row, "accepted_at"),
  note: textOf(row, "note"),
});

/** Quarantined messages of one reason, counted. */
export const groupOf = (row: Row): QuarantineGroup => ({
  reason: textOf(row, "reason"),
  messages: numberOf(row, "messages"),
  pending: numberOf(row, "pending"),
  firstAt: timeOf(row, "first_at"),
  lastAt: timeOf(row, "last_at"),
});

/** A row of `quarantine`, joined with what a replay made of it: `replayed_at`, `outcome`, `replay_reason`. */
export function messageOf(row: Row): QuarantinedMessage {
  const exact = textOf(row, "payload_base64");
  const replay = replayOf(row);
  return {
    messageId: textOf(row, "message_id"),
    receivedAt: timeOf(row, "received_at"),
    topic: textOf(row, "topic"),
    reason: textOf(row, "reason"),
    payload: exact === "" ? Buffer.from(textOf(row, "payload")) : Buffer.from(exact, "base64"),
    ...(replay && { replay }),
  };
}

function replayOf(row: Row): QuarantineReplay | undefined {
  const outcome = textOf(row, "outcome");
  if (outcome !== "stored" && outcome !== "duplicate" && outcome !== "refused") return undefined;
  return { replayedAt: timeOf(row, "replayed_at"), outcome, reason: textOf(row, "replay_reason") };
}
