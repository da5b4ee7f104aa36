// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).
import type { History } from "./history.ts";

const SIGNATURE_DAYS = 256;

/** Which series may vouch for which: those that the panel names, at most `candidates`, the ones first whose days move alike. */
export class Candidates {
  readonly #history: History;
  readonly #index: ReadonlyMap<string, number>;
  readonly #signatures = new Map<number, Float32Array>();

  constructor(history: History) {
    this.#history = history;
    this.#index = new Map(history.panel.names.map((name, index) => [name, index]));
  }

  of(series: number): number[] {
    const { panel, options } = this.#history;
    const named = panel.siblings?.get(panel.names[series] ?? "");
    const asked = named ? named.map((name) => this.#index.get(name) ?? -1) : panel.names.map((_, index) => index);
    const others = [...new Set(asked)].filter((other) => other >= 0 && other !== series);
    if (others.length <= options.candidates) return others;
    const own = this.#signature(series);
    const likeness = new Map(others.map((other) => [other, likenessOf(own, this.#signature(other))]));
    return others.sort((a, b) => likeness.get(b)! - likeness.get(a)!).slice(0, options.candidates);
  }

  #signature(series: number): Float32Array {
    const found = this.#signatures.get(series) ?? signatureOf(this.#history, series);
    this.#signatures.set(series, found);
    return found;
  }
}

function likenessOf(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let day = 0; day < a.length; day++) sum += a[day]! * b[day]!;
  return sum;
}

/** Logarithms of day totals against the same weekday a week before and after, of length 1, of the last days; 0 where unknown. */
function signatureOf(history: History, series: number): Float32Array {
  const { panel, perDay } = history;
  const logs = new Float64Array(panel.days).fill(Number.NaN);
  for (let day = 0; day < panel.days; day++) {
    let [sum, known] = [0, 0];
    for (let slot = day * perDay; slot < (day + 1) * perDay; slot++) {
      if (!history.isKnown(series, slot)) continue;
      sum += panel.values[series]![slot]!;
      known++;
    }
    if (known * 2 > perDay) logs[day] = Math.log1p(sum);
  }
  const out = new Float32Array(Math.min(SIGNATURE_DAYS, panel.days));
  let squares = 0;
  for (let day = 0; day < out.length; day++) {
    const at = panel.days - out.length + day;
    const move = logs[at]! - (logs[at - 7]! + logs[at + 7]!) / 2;
    out[day] = Number.isFinite(move) ? Math.max(-1, Math.min(1, move)) : 0;
    squares += out[day]! ** 2;
  }
  return squares > 0 ? out.map((each) => each / Math.sqrt(squares)) : out;
}
