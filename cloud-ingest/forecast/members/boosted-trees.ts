import { AppError } from "../../../firmware-config/kit/errors.ts";
import { daysBefore } from "../days/make-days.ts";
import type { DateTable, Days, Member, Model } from "../port.ts";
import { remembered } from "../remembered.ts";
import { type Boosted, boost, boostedValue } from "../trees/boost.ts";
import { shapeFit } from "./shape-fit.ts";
import { baseOf, FEATURES, FeatureWriter } from "./tree-features.ts";

/**
 * Past origins of one series that are learned from lie so many days apart: more where all series have many. Each divides the 56 days between two fits of trees, so
 * that both learn from the same origins and what was known there is made once.
 */
const STEPS = [7, 8, 14, 28, 56] as const;
/** About so many origins of all series; as steps are few, up to twice as many. */
const ORIGINS = 1600;
/** Dates before the first origin: a level and a shape must be there. */
const WARM_UP = 56;
/** Dates behind each origin that are learned from, of every third one: neighbours say nearly the same. */
const REACH = 30;
const STRIDE = 3;
/** Fewer rows teach nothing beyond what the base knows. */
const LEAST_ROWS = 400;
/** Days after which a row counts half. */
const HALF_LIFE = 365;

const OPTIONS = {
  trees: 120,
  rate: 0.06,
  depth: 4,
  leastLeaf: 30,
  penalty: 20,
  subsample: 0.6,
  bound: 0.3,
  seed: 20_260_101,
} as const;

/** One model of all series, direct for each horizon: what recent weeks, last year and the calendar say of how level x shape will be off. */
export const boostedTrees: Member = {
  name: "boosted-trees",
  fit: async (days) => modelOf(train(days)),
  load: (state) => {
    if (state === null || isBoosted(state)) return modelOf(state ?? undefined);
    throw new AppError("The artefact's boosted trees cannot be read", {
      code: "USAGE",
      hint: "Fit the champion again, or go back to the one before.",
    });
  },
};

function modelOf(trees: Boosted | undefined): Model {
  return {
    state: trees ?? null,
    predict: async (days, horizon) => days.names.map((_, series) => predictSeries(trees, days, { series, horizon })),
  };
}

function predictSeries(trees: Boosted | undefined, days: Days, by: { series: number; horizon: number }): Float64Array {
  const fit = shapeFit(days, by.series);
  const writer = new FeatureWriter(days, by.series);
  const row = new Float32Array(FEATURES);
  return Float64Array.from({ length: by.horizon }, (_, h) => {
    const day = days.days + h;
    let log = baseOf(fit, days, by.series, day);
    if (trees) {
      writer.write(row, 0, day);
      log += boostedValue(trees, row);
    }
    return Math.max(0, Math.exp(log) - fit.calendar.offset);
  });
}

function train(days: Days): Boosted | undefined {
  const series = days.names.length;
  const step = stepFor(series, days.days);
  const rows = new Rows(days);
  for (let origin = days.days - 1; origin >= WARM_UP; origin -= step) {
    let past: Days | undefined;
    const before = () => {
      past ??= daysBefore(days, origin);
      return past;
    };
    for (let s = 0; s < series; s++) rows.add(s, origin, pastRows(days, { series: s, origin, before }));
  }
  if (rows.count < LEAST_ROWS) return undefined;
  const { x, y, weights } = rows.finish();
  return boost(x, y, weights, OPTIONS);
}

/** Days between past origins: the longest step that is no longer than the one wished for, if any; beyond the list any multiple of its last one will do. */
export function stepFor(series: number, days: number): number {
  const wish = Math.ceil((series * (days - WARM_UP)) / ORIGINS);
  const [shortest, longest] = [STEPS[0], STEPS.at(-1)!];
  if (wish > longest) return longest * Math.floor(wish / longest);
  return STEPS.findLast((step) => step <= wish) ?? shortest;
}

/** What was known at a past origin of the dates behind it that are learned from. */
interface PastRows {
  /** What it was made of, as far as the origin. */
  readonly values: Float64Array;
  readonly weights: Float64Array;
  /** Rows x `FEATURES`. */
  readonly x: Float32Array;
  readonly base: Float64Array;
  readonly offset: number;
}

const made = new WeakMap<DateTable, Map<string, PastRows>>();

/** First of the dates behind an origin that are learned from. */
const firstBehind = (origin: number) => origin + (origin % STRIDE);

/**
 * The rows of one series behind an origin. Fits of later dates ask for the same again: they are kept as long as the calendar is, and made again where the
 * days before the origin are others, as when a later step has rescaled them.
 */
function pastRows(days: Days, of: { series: number; origin: number; before: () => Days }): PastRows {
  const { series, origin, before } = of;
  const [values, weights, dates] = [days.values[series]!, days.weights[series]!, days.dates[series]!];
  const kept = remembered(made, dates, () => new Map<string, PastRows>());
  const key = `${series} ${origin}`;
  const known = kept.get(key);
  if (known && isSame(known.values, values, origin) && isSame(known.weights, weights, origin)) return known;
  const past = before();
  const fit = shapeFit(past, series);
  const writer = new FeatureWriter(past, series);
  const first = firstBehind(origin);
  const last = Math.min(origin + REACH, dates.weekday.length);
  const base = new Float64Array(Math.max(0, Math.ceil((last - first) / STRIDE)));
  const x = new Float32Array(base.length * FEATURES);
  for (let row = 0; row < base.length; row++) {
    const day = first + row * STRIDE;
    writer.write(x, row * FEATURES, day);
    base[row] = baseOf(fit, past, series, day);
  }
  const rows = { values, weights, x, base, offset: fit.calendar.offset };
  kept.set(key, rows);
  return rows;
}

function isSame(a: Float64Array, b: Float64Array, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[i] !== b[i] && !(Number.isNaN(a[i]) && Number.isNaN(b[i]))) return false;
  return true;
}

class Rows {
  readonly #days: Days;
  readonly #x: Float32Array[] = [];
  readonly #y: number[] = [];
  readonly #weights: number[] = [];

  constructor(days: Days) {
    this.#days = days;
  }

  get count(): number {
    return this.#y.length;
  }

  /** The dates behind an origin that are over by now. */
  add(series: number, origin: number, { x, base, offset }: PastRows): void {
    const { days, values, weights } = this.#days;
    for (let row = 0; row < base.length; row++) {
      const day = firstBehind(origin) + row * STRIDE;
      const value = values[series]![day] ?? Number.NaN;
      const weight = weights[series]![day] ?? 0;
      if (Number.isNaN(value) || !(weight > 0)) continue;
      this.#x.push(x.subarray(row * FEATURES, (row + 1) * FEATURES));
      this.#y.push(Math.log(value + offset) - base[row]!);
      this.#weights.push(weight * 0.5 ** ((days - day) / HALF_LIFE));
    }
  }

  finish() {
    const x = new Float32Array(this.#y.length * FEATURES);
    for (const [i, row] of this.#x.entries()) x.set(row, i * FEATURES);
    return { x, y: Float64Array.from(this.#y), weights: Float64Array.from(this.#weights) };
  }
}

function isBoosted(state: unknown): state is Boosted {
  return (
    typeof state === "object" &&
    state !== null &&
    "trees" in state &&
    Array.isArray(state.trees) &&
    "bounds" in state &&
    Array.isArray(state.bounds) &&
    state.bounds.length === FEATURES &&
    "rate" in state &&
    typeof state.rate === "number"
  );
}
