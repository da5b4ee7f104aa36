// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).

/** Errors of one series' own left-out slots, each with the count that was expected there. */
export interface LeftOutErrors {
  /** log of (count + offset) less what was predicted. */
  readonly errors: Float64Array;
  /** log of (count + offset) as it was predicted. */
  readonly predicted: Float64Array;
  /** People. */
  readonly expected: Float64Array;
}

/** What the errors of slots of one level say. */
interface Level {
  /** Errors of slots up to this expected count, people. */
  readonly upTo: number;
  readonly low: number;
  readonly high: number;
  /**
   * By what factor counts exceeded predictions, since a mean of logarithms is less than the logarithm of a mean (Duan 1983); errors
   * outside of the interval count as its ends, or the events of the past would be expected in each gap.
   */
  readonly smear: number;
}

const NOMINAL = 0.8;
const LEAST_OF_LEVEL = 150;
const MOST_LEVELS = 6;
const SMEAR_PEOPLE = 20;
const [LEAST_SMEAR, MOST_SMEAR] = [0.7, 1.5];

/** Split conformal intervals (Vovk 2005) by level, not symmetric: quantiles of a series' own left-out errors. */
export class Intervals {
  readonly #levels: readonly Level[];

  constructor(sample: LeftOutErrors, offset: number) {
    const order = Uint32Array.from(sample.errors.keys()).sort((a, b) => sample.expected[a]! - sample.expected[b]!);
    const count = Math.max(1, Math.min(MOST_LEVELS, Math.floor(order.length / LEAST_OF_LEVEL)));
    this.#levels = Array.from({ length: count }, (_, k) => {
      const slice = order.subarray(
        Math.floor((k * order.length) / count),
        Math.floor(((k + 1) * order.length) / count),
      );
      return levelOf(sample, slice, offset);
    });
  }

  at(expected: number): Omit<Level, "upTo"> {
    const found = this.#levels.find(({ upTo }) => expected <= upTo) ?? this.#levels.at(-1);
    return found ?? { low: -1, high: 1, smear: 1 };
  }
}

function levelOf({ errors, predicted, expected }: LeftOutErrors, rows: Uint32Array, offset: number): Level {
  const sorted = Float64Array.from(rows, (row) => errors[row]!).sort();
  const tail = (1 - NOMINAL) / 2;
  const low = quantile(sorted, tail - tail / sorted.length);
  const high = quantile(sorted, 1 - tail + tail / sorted.length);
  let [counted, foretold] = [SMEAR_PEOPLE, SMEAR_PEOPLE];
  for (const row of rows) {
    const error = Math.max(low, Math.min(high, errors[row]!));
    counted += Math.max(0, Math.exp(predicted[row]! + error) - offset);
    foretold += Math.max(0, Math.exp(predicted[row]!) - offset);
  }
  const upTo = rows.length === 0 ? Number.POSITIVE_INFINITY : expected[rows.at(-1)!]!;
  return { upTo, low, high, smear: Math.max(LEAST_SMEAR, Math.min(MOST_SMEAR, counted / foretold)) };
}

/** Linear between the order statistics; 0 of nothing. */
export function quantile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return 0;
  const at = Math.max(0, Math.min(1, share)) * (sorted.length - 1);
  const low = Math.floor(at);
  const next = sorted[Math.min(sorted.length - 1, low + 1)]!;
  return sorted[low]! + (at - low) * (next - sorted[low]!);
}
