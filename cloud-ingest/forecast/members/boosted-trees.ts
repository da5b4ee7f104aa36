import { AppError } from "../../../firmware-config/kit/errors.ts";
import { daysBefore } from "../days/make-days.ts";
import type { Days, Member, Model } from "../port.ts";
import { type Boosted, boost, boostedValue } from "../trees/boost.ts";
import { shapeFit } from "./shape-fit.ts";
import { baseOf, FEATURES, FeatureWriter } from "./tree-features.ts";

/** Past origins of one series that are learned from lie so many days apart, and more where there are many series. */
const LEAST_STEP = 7;
const MOST_ORIGINS = 1600;
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
  const step = Math.max(LEAST_STEP, Math.ceil((series * Math.max(0, days.days - WARM_UP)) / MOST_ORIGINS));
  const rows = new Rows();
  for (let origin = days.days - 1; origin >= WARM_UP; origin -= step) {
    const past = daysBefore(days, origin);
    for (let s = 0; s < series; s++) rows.add(days, past, s);
  }
  if (rows.count < LEAST_ROWS) return undefined;
  const { x, y, weights } = rows.finish();
  return boost(x, y, weights, OPTIONS);
}

class Rows {
  readonly #x: Float32Array[] = [];
  readonly #y: number[] = [];
  readonly #weights: number[] = [];

  get count(): number {
    return this.#y.length;
  }

  /** The dates behind an origin, with what was known there. */
  add(days: Days, past: Days, series: number): void {
    const fit = shapeFit(past, series);
    const writer = new FeatureWriter(past, series);
    for (let h = past.days % STRIDE; h < REACH && past.days + h < days.days; h += STRIDE) {
      const day = past.days + h;
      const value = days.values[series]![day]!;
      const weight = days.weights[series]![day]!;
      if (Number.isNaN(value) || !(weight > 0)) continue;
      const row = new Float32Array(FEATURES);
      writer.write(row, 0, day);
      this.#x.push(row);
      this.#y.push(Math.log(value + fit.calendar.offset) - baseOf(fit, past, series, day));
      this.#weights.push(weight * 0.5 ** ((days.days - day) / HALF_LIFE));
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
