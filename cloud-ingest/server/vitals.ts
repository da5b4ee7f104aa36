/** Of a process that takes messages from devices or hands them to ingest. */
export interface BusVitals {
  /** Messages acknowledged to devices. */
  readonly acked: number;
  /** Messages acknowledged and not yet stored. */
  readonly inboxDepth: number;
  /** Their size. */
  readonly inboxBytes: number;
  /** What the ledger misses, or has too many of when negative; 0 = it adds up. */
  readonly ledgerDifference: number;
}

/** Of a process that stores. */
export interface IngestVitals {
  readonly stored: number;
  readonly duplicate: number;
  readonly quarantined: number;
  /** Messages refused since the start, by what was wrong with them: a few fixed words. */
  readonly refusedByClass: Readonly<Record<string, number>>;
  /** When ingest last committed a batch, RFC 3339 UTC. */
  readonly lastStoredAt?: string | undefined;
}

/** Of a process that devices connect to. */
export interface BrokerVitals {
  /** Devices connected to the broker. */
  readonly connections: number;
  /** Connections, packets and subscriptions that the broker refused since the start. */
  readonly brokerRefused: number;
  /** Bytes that the broker holds for its devices. */
  readonly brokerHeldBytes: number;
}

/** What the running parts say about themselves; the server reads it and knows none of them. What does not run here is left out. */
export interface Vitals extends Partial<BusVitals>, Partial<IngestVitals>, Partial<BrokerVitals> {}
