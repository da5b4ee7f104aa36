import type { JobRun } from "../warehouse/port.ts";

/** What the running parts say about themselves; the server reads it and knows none of them. */
export interface Vitals {
  /** Messages acknowledged to devices. */
  readonly acked: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly quarantined: number;
  /** Messages refused since the start, by what was wrong with them: a few fixed words. */
  readonly refusedByClass: Readonly<Record<string, number>>;
  /** What the ledger misses, or has too many of when negative; 0 = it adds up. */
  readonly ledgerDifference: number;
  /** Messages acknowledged and not yet stored. */
  readonly inboxDepth: number;
  /** Their size. */
  readonly inboxBytes: number;
  /** When ingest last committed a batch, RFC 3339 UTC. */
  readonly lastStoredAt?: string | undefined;
  /** Devices connected to the broker. */
  readonly connections: number;
  /** Connections, packets and subscriptions that the broker refused since the start. */
  readonly brokerRefused: number;
  /** Bytes that the broker holds for its devices. */
  readonly brokerHeldBytes: number;
}

/** What the jobs say about themselves. */
export interface JobVitals {
  /** The run recorded last of each job that exists. */
  readonly lastRuns: readonly JobRun[];
  /** Runs since the start. */
  readonly counts: readonly JobCount[];
  /** Seconds since a job last ended, or since the start, by the clock that never jumps. */
  readonly quietS: number;
  /** Seconds for which the job of the moment has run; 0 when none runs. */
  readonly runningS: number;
}

export interface JobCount {
  readonly job: string;
  readonly outcome: JobRun["outcome"];
  readonly count: number;
}
