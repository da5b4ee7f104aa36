/** What was counted of a zone. */
export interface ZoneTotals {
  readonly id: string;
  readonly visits: number;
  readonly stops: number;
  /** Time of all finished visits together, to the millisecond. */
  readonly dwellS: number;
}

/** The same zone in two counters. */
export function addZone(a: ZoneTotals, b: ZoneTotals): ZoneTotals {
  return {
    id: a.id,
    visits: a.visits + b.visits,
    stops: a.stops + b.stops,
    dwellS: round3(a.dwellS + b.dwellS),
  };
}

export const round3 = (value: number): number => Math.round(1000 * value) / 1000;
