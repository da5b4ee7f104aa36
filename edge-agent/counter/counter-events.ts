/** A person went over a line; `direction` is `in` from the left to the right hand of `from -> to`. */
export interface Crossing {
  readonly kind: "crossing";
  readonly lineId: string;
  readonly trackId: number;
  readonly direction: "in" | "out";
  /** When the foot point passed the line, in seconds of the camera's clock. */
  readonly atS: number;
}

/** A person's finished stay in a zone. */
export interface Visit {
  readonly kind: "visit";
  readonly zoneId: string;
  readonly trackId: number;
  readonly enteredAtS: number;
  readonly leftAtS: number;
  /** `leftAtS - enteredAtS`. */
  readonly dwellS: number;
  /** True when the visit lasted at least the zone's `stopS`. */
  readonly stop: boolean;
}

export type CounterEvent = Crossing | Visit;
