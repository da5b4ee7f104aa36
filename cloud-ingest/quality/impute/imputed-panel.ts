/** How a filled value came to be, in the order of the codes in `ImputedSeries.methods`. */
export const METHODS = ["siblings", "profile", "calendar", "none"] as const;

/**
 * `siblings`: own profile moved by what the siblings counted in that slot; `profile`: own history alone; `calendar`: the place
 * was closed, so 0; `none`: no history, nothing can be known and value and interval are NaN.
 */
export type Method = (typeof METHODS)[number];

export const METHOD_CODES = { siblings: 0, profile: 1, calendar: 2, none: 3 } as const satisfies Record<Method, number>;

/** What stands in the missing slots of one series: parallel arrays, one entry per missing slot, ascending. */
export interface ImputedSeries {
  readonly slots: Int32Array;
  /** People, at least 0, with `lo80 <= value <= hi80`. */
  readonly values: Float64Array;
  readonly lo80: Float64Array;
  readonly hi80: Float64Array;
  /** Indexes of `METHODS`. */
  readonly methods: Uint8Array;
}

/** One entry per series of the panel, in its order. */
export interface ImputedPanel {
  readonly series: readonly ImputedSeries[];
}

export function emptySeries(slots: Int32Array): ImputedSeries {
  const nan = () => new Float64Array(slots.length).fill(Number.NaN);
  const methods = new Uint8Array(slots.length).fill(METHOD_CODES.none);
  return { slots, values: nan(), lo80: nan(), hi80: nan(), methods };
}
