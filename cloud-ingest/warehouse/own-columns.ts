import type { Column, ColumnType } from "./columns.ts";

// Tables of our own making, the same in every warehouse; the contract knows nothing of them.

const column = (name: string, type: ColumnType, field = name): Column => ({ name, field, type });

const TRAFFIC_KEY = ["tenant", "store", "device_id", "camera_id", "target_kind", "target_id"] as const;
const TRAFFIC_SUMS = ["in", "out", "visits", "stops", "passers_by"] as const;

export const TRAFFIC_COLUMNS: readonly Column[] = [
  ...TRAFFIC_KEY.map((name) => column(name, "text")),
  column("business_date", "date"),
  column("local_start", "local-time"),
  column("span_s", "number"),
  ...TRAFFIC_SUMS.map((name) => column(name, "integer")),
  column("dwell_s", "number"),
  column("occupancy_mean", "number"),
  column("occupancy_max", "integer"),
  column("observed_s", "number"),
];

/** One row per device; small, rewritten in place. */
export const DEVICE_COLUMNS: readonly Column[] = [
  ...["tenant", "store", "device"].map((name) => column(name, "text")),
  column("boot_id", "text", "bootId"),
  column("boot_started_at", "text", "bootStartedAt"),
  column("online", "boolean"),
  column("last_seen_at", "text", "lastSeenAt"),
  column("birth_ts", "text", "birthTs"),
  column("agent_version", "text", "agentVersion"),
  column("model_name", "text", "modelName"),
  column("cameras", "text"),
  column("stopped", "boolean"),
  column("boot_number", "integer", "bootNumber"),
  column("boot_at", "text", "bootAt"),
  column("state_seq", "integer", "stateSeq"),
  column("state_at", "text", "stateAt"),
  column("last_data_at", "text", "lastDataAt"),
  column("older_boots", "text", "olderBoots"),
];

export const JOB_RUN_COLUMNS: readonly Column[] = [
  // Grows by one per recorded run; null in runs that an older version recorded.
  column("number", "integer"),
  column("job", "text"),
  column("started_at", "timestamp", "startedAt"),
  column("finished_at", "timestamp", "finishedAt"),
  column("outcome", "text"),
  column("details", "text"),
  // These are null in runs that an older version recorded.
  column("run_id", "text", "runId"),
  column("parameters", "text"),
  column("code_version", "text", "codeVersion"),
];

export const JOB_CHECKPOINT_COLUMNS: readonly Column[] = [
  column("run_id", "text", "runId"),
  column("step", "text"),
  column("finished_at", "timestamp", "finishedAt"),
  column("details", "text"),
];

export const REPLAY_COLUMNS: readonly Column[] = [
  column("message_id", "text", "messageId"),
  column("replayed_at", "timestamp", "replayedAt"),
  column("outcome", "text"),
  column("reason", "text"),
];

export const ACCEPTED_COLUMNS: readonly Column[] = [
  column("stream", "text"),
  column("difference", "integer"),
  column("accepted_at", "timestamp", "acceptedAt"),
  column("note", "text"),
];
