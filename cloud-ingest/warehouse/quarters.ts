/** The grain of what is stale; since 1970 nearly every midnight falls on a quarter, and one that does not belongs to two dates. */
export const QUARTER_MS = 15 * 60 * 1000;

/** The quarter of an hour in which an instant falls, by its begin, RFC 3339 UTC. */
export const quarterOf = (instant: string) =>
  new Date(Math.floor(Date.parse(instant) / QUARTER_MS) * QUARTER_MS).toISOString();
