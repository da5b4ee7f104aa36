import type { SeriesForecast } from "./port.ts";

/** A forecast with its intervals, by slot. */
export type Band = Pick<SeriesForecast, "yhat" | "lo80" | "hi80" | "lo95" | "hi95">;

export type BandAt = Readonly<Record<keyof Band, number>>;

/** Standard deviations of a normal distribution to the bounds of 80 and of 95 %. */
const Z80 = 1.2816;
const Z95 = 1.96;

/** Of one slot, as its 80 % interval has it. */
export function varianceOf({ lo80, hi80 }: Band, slot: number): number {
  return ((hi80[slot]! - lo80[slot]!) / (2 * Z80)) ** 2;
}

/** The interval of a slot moved to another forecast, its sides narrowed alike; a normal one where there was none. */
export function shiftedBand(
  { yhat, lo80, hi80, lo95, hi95 }: Band,
  slot: number,
  to: { readonly yhat: number; readonly variance: number; readonly shrink: number },
): BandAt {
  const own = yhat[slot]!;
  if (Number.isNaN(own)) {
    const sigma = Math.sqrt(to.variance);
    return ordered(to.yhat, { lo80: -Z80 * sigma, hi80: Z80 * sigma, lo95: -Z95 * sigma, hi95: Z95 * sigma });
  }
  const side = (bound: Float64Array) => (bound[slot]! - own) * to.shrink;
  return ordered(to.yhat, { lo80: side(lo80), hi80: side(hi80), lo95: side(lo95), hi95: side(hi95) });
}

function ordered(yhat: number, sides: Readonly<Record<"lo80" | "hi80" | "lo95" | "hi95", number>>): BandAt {
  const lo80 = Math.max(0, Math.min(yhat, yhat + sides.lo80));
  const hi80 = Math.max(yhat, yhat + sides.hi80);
  return {
    yhat,
    lo80,
    hi80,
    lo95: Math.max(0, Math.min(lo80, yhat + sides.lo95)),
    hi95: Math.max(hi80, yhat + sides.hi95),
  };
}
