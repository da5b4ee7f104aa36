import type { Vitals } from "./vitals.ts";

/** A metric that is one number of the vitals. */
export interface VitalMetric {
  readonly name: string;
  readonly help: string;
  /** Nothing where the part that it tells of does not run. */
  readonly value: (vitals: Vitals, ingestAgeS: number) => number | undefined;
}

export const VITAL_COUNTERS: readonly VitalMetric[] = [
  { name: "kazoe_acked_total", help: "messages acknowledged to devices", value: (now) => now.acked },
  { name: "kazoe_stored_total", help: "messages stored in the warehouse", value: (now) => now.stored },
  { name: "kazoe_duplicate_total", help: "messages that were stored already", value: (now) => now.duplicate },
  { name: "kazoe_quarantined_total", help: "messages kept aside with the reason", value: (now) => now.quarantined },
  {
    name: "kazoe_broker_refused_total",
    help: "connections, packets and subscriptions refused since the start",
    value: (now) => now.brokerRefused,
  },
];

export const VITAL_GAUGES: readonly VitalMetric[] = [
  { name: "kazoe_inbox_depth", help: "messages acknowledged and not yet stored", value: (now) => now.inboxDepth },
  { name: "kazoe_inbox_bytes", help: "their size", value: (now) => now.inboxBytes },
  {
    name: "kazoe_ledger_difference",
    help: "acknowledged messages that left no trace, negative = traces without an acknowledgement; 0 = the ledger adds up",
    value: (now) => now.ledgerDifference,
  },
  { name: "kazoe_connections", help: "devices connected to the broker", value: (now) => now.connections },
  {
    name: "kazoe_broker_held_bytes",
    help: "messages that wait for the bus, unfinished packets, retained messages",
    value: (now) => now.brokerHeldBytes,
  },
  { name: "kazoe_last_stored_timestamp_seconds", help: "when ingest last stored, 0 = not yet", value: lastStoredS },
  {
    name: "kazoe_ingest_lag_seconds",
    help: "time since ingest last stored, or since the start, while messages wait",
    value: ingestLagS,
  },
];

export const REFUSED = {
  name: "kazoe_refused_total",
  help: "messages refused since the start, by what was wrong with them",
  labelNames: ["reason"],
} as const;

export const JOB_RUNS = {
  name: "kazoe_job_runs_total",
  help: "runs of jobs since the start",
  labelNames: ["job", "outcome"],
} as const;

export const TROUBLE = {
  name: "kazoe_trouble",
  help: "what is wrong now, by code; 0 = nothing",
  labelNames: ["code"],
} as const;

export const STORE_SILENCE = {
  name: "kazoe_store_silence_seconds",
  help: "time since any device of the store was last heard of (first 200 stores)",
  labelNames: ["tenant", "store"],
} as const;

function lastStoredS({ stored, lastStoredAt }: Vitals): number | undefined {
  if (stored === undefined) return undefined;
  return lastStoredAt === undefined ? 0 : Date.parse(lastStoredAt) / 1000;
}

function ingestLagS({ stored, inboxDepth }: Vitals, ingestAgeS: number): number | undefined {
  if (stored === undefined) return undefined;
  return inboxDepth === 0 ? 0 : ingestAgeS;
}
