/** Time as a part sees it; injected so that tests can turn it. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch; may jump. */
  nowMs(): number;
  /** Milliseconds from an arbitrary start; never goes back. */
  monotonicMs(): number;
}

/** The machine's clocks. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** Written before the first device was: a clock that shows less has never been set. */
const EARLIEST_MS = Date.parse("2025-01-01T00:00:00Z");

/** False when the wall clock cannot be right. */
export function isPossible(wallMs: number): boolean {
  return wallMs >= EARLIEST_MS;
}

/** NTP sets a clock back by less; more means that the clock was lost, or had been ahead. */
export const MOST_CORRECTION_MS = 5 * 60_000;

/** True for a time, told by this machine before, that lies ahead of now: its clock was ahead then, or is behind now. */
export function isToCome(told: string, nowMs: number): boolean {
  return Date.parse(told) > nowMs + MOST_CORRECTION_MS;
}
