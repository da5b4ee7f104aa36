/** What was counted in an hour at all lines of a place together. */
export interface Flow {
  readonly in: number;
  readonly out: number;
}

/** How many people are inside at the end of an hour. */
export interface Inside {
  /** In less out since the reset, as counted; may be negative. */
  readonly raw: number;
  /** Without the drift, never below 0. */
  readonly inside: number;
}

/**
 * A counter misses or doubles a share of those who cross it, so its error grows with the traffic and not with the time: at each hour
 * `driftPerCrossing` of all crossings until then is taken off. With the whole day's drift over its crossings the last hour ends at 0.
 */
export function insideOf(flows: readonly Flow[], driftPerCrossing: number): readonly Inside[] {
  let raw = 0;
  let crossings = 0;
  return flows.map((flow) => {
    raw += flow.in - flow.out;
    crossings += flow.in + flow.out;
    return { raw, inside: Math.max(0, Math.round(raw - driftPerCrossing * crossings)) };
  });
}

/** In less out, and all crossings. */
export function balanceOf(flows: readonly Flow[]): { readonly drift: number; readonly crossings: number } {
  return {
    drift: flows.reduce((sum, flow) => sum + flow.in - flow.out, 0),
    crossings: flows.reduce((sum, flow) => sum + flow.in + flow.out, 0),
  };
}
