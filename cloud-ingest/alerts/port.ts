/** Something that happened, for people and programs outside. */
export interface Alert {
  /** What happened to what, such as `job.failed`. */
  readonly type: string;
  /** RFC 3339 UTC. */
  readonly at: string;
  /** Plain values; no secrets, and no pictures. */
  readonly data: object;
}

/** Takes alerts and delivers them as well as it can; never throws, and nobody waits for it. */
export interface AlertSink {
  tell(alert: Alert): void;
}
