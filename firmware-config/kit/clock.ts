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
