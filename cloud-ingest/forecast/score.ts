import type { SeriesForecast } from "./port.ts";

/** What came, and how it is scored. */
export interface ScoreOptions {
  /** Per series of the forecast, by slot from the first of the history on; NaN where not known. */
  readonly truth: readonly Float64Array[];
  readonly slotsPerDay: number;
  /** In slots. */
  readonly horizon: number;
  /** Slots of seasonal naive: 7 by day, 168 by hour. */
  readonly season: number;
}

/** What was foretold at an origin, of ours (a round of a backtest) or of others; in the order of the truth. */
export interface ScoredRound {
  /** Days of history before the forecast. */
  readonly origin: number;
  readonly forecast: {
    readonly series: readonly Pick<SeriesForecast, "yhat" | "lo80" | "hi80" | "lo95" | "hi95">[];
  };
}

/** Measures of one set, of our forecasts and of seasonal naive beside them. */
export interface Score {
  readonly pairs: number;
  readonly mase: number;
  readonly naiveMase: number;
  /** Per cent. */
  readonly wape: number;
  /** Sum of absolute errors over that of seasonal naive. */
  readonly relative: number;
  readonly coverage80: number;
  readonly coverage95: number;
  /** Mean width of the 80 % interval over the mean count. */
  readonly width80: number;
}

const SUMS = ["error", "naive", "truth", "in80", "in95", "width", "count"] as const;
const nothing = () => ({ error: 0, naive: 0, truth: 0, in80: 0, in95: 0, width: 0, count: 0 });

/**
 * Adds up rounds of a backtest. Missing truth is left out, and so is, of every measure alike, a series whose past has no scale:
 * it is shorter than a season, or each of its seasons is the one before.
 */
export class Scorer {
  readonly #options: ScoreOptions;
  #pairs = 0;
  #mase = 0;
  #naive = 0;
  readonly #sums = nothing();

  constructor(options: ScoreOptions) {
    this.#options = options;
  }

  add({ origin, forecast }: ScoredRound): void {
    const { horizon, season, slotsPerDay } = this.#options;
    const first = origin * slotsPerDay;
    forecast.series.forEach(({ yhat, lo80, hi80, lo95, hi95 }, i) => {
      const truth = this.#options.truth[i]!;
      const scale = naiveScale(truth, first, season);
      if (!(scale > 0)) return;
      const sums = nothing();
      for (let h = 0; h < horizon; h++) {
        const value = truth[first + h]!;
        if (!(value >= 0)) continue;
        sums.count++;
        sums.error += Math.abs(value - yhat[h]!);
        sums.naive += Math.abs(value - naiveOf(truth, { first, h, season }));
        sums.truth += value;
        sums.in80 += value >= lo80[h]! && value <= hi80[h]! ? 1 : 0;
        sums.in95 += value >= lo95[h]! && value <= hi95[h]! ? 1 : 0;
        sums.width += hi80[h]! - lo80[h]!;
      }
      if (sums.count === 0) return;
      this.#pairs++;
      this.#mase += sums.error / sums.count / scale;
      this.#naive += sums.naive / sums.count / scale;
      for (const name of SUMS) this.#sums[name] += sums[name];
    });
  }

  score(): Score {
    const { error, naive, truth, in80, in95, width, count } = this.#sums;
    return {
      pairs: this.#pairs,
      mase: this.#mase / this.#pairs,
      naiveMase: this.#naive / this.#pairs,
      wape: (100 * error) / truth,
      relative: error / naive,
      coverage80: in80 / count,
      coverage95: in95 / count,
      width80: width / truth,
    };
  }
}

/** Mean absolute difference of a season before the origin (Hyndman and Koehler 2006). */
export function naiveScale(truth: Float64Array, first: number, season: number): number {
  let [sum, count] = [0, 0];
  for (let slot = season; slot < first; slot++) {
    const change = Math.abs(truth[slot]! - truth[slot - season]!);
    if (Number.isNaN(change)) continue;
    sum += change;
    count++;
  }
  return sum / count;
}

function naiveOf(truth: Float64Array, { first, h, season }: { first: number; h: number; season: number }): number {
  for (let at = first + (h % season) - season; at >= 0; at -= season) if (truth[at]! >= 0) return truth[at]!;
  return 0;
}
