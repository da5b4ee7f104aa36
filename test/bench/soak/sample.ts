/** Said once by the process under test, when it listens. */
export interface SoakStart {
  readonly kind: "start";
  readonly mqttPort: number;
  readonly httpPort: number;
}

/** What the process under test holds at one moment. */
export interface SoakSample {
  readonly kind: "sample";
  readonly rssMb: number;
  readonly heapMb: number;
  /** Buffers outside the JavaScript heap. */
  readonly externalMb: number;
  /** What DuckDB says it uses. */
  readonly duckdbMb: number;
  readonly walMb: number;
  readonly databaseMb: number;
  /** Messages that have left the inbox. */
  readonly settled: number;
  readonly stored: number;
}

/** A sample as the table shows it. */
export interface SoakRow extends SoakSample {
  readonly minute: number;
  /** Messages that a device holds a PUBACK for, by the clients' own count. */
  readonly acked: number;
  /** Of them, not yet in the warehouse. */
  readonly depth: number;
}
