import type { ErrorQuantiles } from "../port.ts";

/** Errors of past forecasts with what each counts. */
export interface ErrorList {
  readonly errors: number[];
  readonly weights: number[];
}

export const emptyErrors = (): ErrorList => ({ errors: [], weights: [] });

/** As an error is measured: the same ratio above and below, and no abyss at 0. */
export const logError = (counted: number, forecast: number, offset: number): number =>
  Math.log((counted + offset) / (forecast + offset));

/** Wide where nothing is known: half to double and beyond. */
const UNKNOWN: ErrorQuantiles = { q025: -1.4, q10: -0.7, q90: 0.7, q975: 1.4 };
/** True of errors that no past forecast taught; an artefact has them as numbers. */
export const areUnknown = ({ q025, q10, q90, q975 }: ErrorQuantiles): boolean =>
  q025 === UNKNOWN.q025 && q10 === UNKNOWN.q10 && q90 === UNKNOWN.q90 && q975 === UNKNOWN.q975;
/** Fewer errors say nothing of a tail. */
const LEAST = 8;

/** Split conformal quantiles (Vovk et al. 2005; weighted by Tibshirani et al. 2019), signed so that the interval may lean. */
export function errorQuantiles(lists: readonly ErrorList[]): ErrorQuantiles {
  const errors = lists.flatMap((list) => list.errors);
  if (errors.length < LEAST) return UNKNOWN;
  const weights = lists.flatMap((list) => list.weights);
  const order = errors.map((_, i) => i).sort((a, b) => errors[a]! - errors[b]! || a - b);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const at = (share: number) => {
    let below = 0;
    for (const i of order) {
      below += weights[i]!;
      if (below >= share * total) return errors[i]!;
    }
    return errors[order.at(-1)!]!;
  };
  return {
    q025: Math.min(0, at(0.025)),
    q10: Math.min(0, at(0.1)),
    q90: Math.max(0, at(0.9)),
    q975: Math.max(0, at(0.975)),
  };
}

/** Normal quantiles of 90 % and 97.5 %. */
const Z90 = 1.2816;
const Z975 = 1.96;
/** Of fewer origins the panel's errors say more than their own. */
const FEWEST_ORIGINS = 4;

/**
 * Quantiles of the errors of a few origins, as wide as the next one needs: dates behind one origin are off together, so that it counts as one of a sample whose spread is not known
 * (Student 1908: t of n degrees of freedom, by the expansion of Cornish and Fisher 1938).
 */
export function ofFewOrigins(errors: ErrorQuantiles, origins: number): ErrorQuantiles {
  if (areUnknown(errors)) return errors;
  const { q025, q10, q90, q975 } = errors;
  const n = Math.max(FEWEST_ORIGINS, origins);
  const factor = (z: number) => 1 + (z ** 2 + 1) / (4 * n) + (5 * z ** 4 + 16 * z ** 2 + 3) / (96 * n ** 2);
  const [inner, outer] = [factor(Z90), factor(Z975)];
  return { q025: outer * q025, q10: inner * q10, q90: inner * q90, q975: outer * q975 };
}

export interface Bounds {
  readonly lo95: number;
  readonly lo80: number;
  readonly hi80: number;
  readonly hi95: number;
}

/** 0 <= lo95 <= lo80 <= forecast <= hi80 <= hi95. */
export function boundsOf(forecast: number, { q025, q10, q90, q975 }: ErrorQuantiles, offset: number): Bounds {
  const at = (log: number) => Math.max(0, (forecast + offset) * Math.exp(log) - offset);
  const lo80 = Math.min(forecast, at(q10));
  const hi80 = Math.max(forecast, at(q90));
  return { lo80, hi80, lo95: Math.min(lo80, at(q025)), hi95: Math.max(hi80, at(q975)) };
}
