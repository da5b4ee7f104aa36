/** The grain of what is stale; since 1970 nearly every midnight falls on a quarter, and one that does not belongs to two dates. */
export const QUARTER_MS = 15 * 60 * 1000;
