import { setImmediate } from "node:timers/promises";
import { daysBefore } from "../days/make-days.ts";
import type { Days, Member, Model } from "../port.ts";
import { remembered } from "../remembered.ts";

/** What members said at one past origin, and how far it is known what came. */
export interface PastOrigin {
  readonly origin: number;
  readonly days: Days;
  /** By member, by series; as long as the horizon or as what is known behind the origin. */
  readonly predictions: readonly (readonly Float64Array[])[];
}

/**
 * Whether an origin speaks for a series. `truth` is what is known of it today: where a date before the origin counted there and does not today, it lay in a closure that
 * was not over, and what was said of it there is not said any more.
 */
export function isWitness({ days, origin }: PastOrigin, series: number, truth: Float64Array): boolean {
  return !(Number.isFinite(days.values[series]![origin - 1]!) && Number.isNaN(truth[origin - 1]!));
}

/** Dates that a series must have had at a past origin: what was said of it before its first week tells nothing of what is said now. */
const LEAST_KNOWN = 7;

/** Whether what the combination said at an origin tells how far off it is. */
export const isJudged = (one: PastOrigin, series: number, truth: Float64Array): boolean =>
  isWitness(one, series, truth) && one.days.values[series]!.filter(Number.isFinite).length >= LEAST_KNOWN;

export interface EvidenceOptions {
  readonly members: readonly Member[];
  readonly horizonDays: number;
  readonly journal?: Journal;
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** Days between past origins, how many there are, and the least history of one. */
const STEP = 14;
const MOST = 16;
const LEAST_DAYS = 42;
/** Members which learn long are fitted at every so many origins; those between use the older fit. */
const REFIT_EVERY = 4;

/** Keeps what a backtest would make again at its next origin: days by origin and models by member and origin, made from the days before alone. */
export class Journal {
  readonly #days = new Map<number, Days>();
  readonly #models = new Map<string, Promise<Model>>();

  daysBefore(all: Days, origin: number): Days {
    return remembered(this.#days, origin, () => daysBefore(all, origin));
  }

  fit(member: Member, days: Days): Promise<Model> {
    return remembered(this.#models, `${member.name} ${days.days}`, () => member.fit(days));
  }
}

/** Rolling origins before `origin`, newest first (Tashman 2000): every number of them comes from days before it. */
export async function gatherEvidence(all: Days, origin: number, options: EvidenceOptions): Promise<PastOrigin[]> {
  const { members, horizonDays, journal = new Journal(), onProgress, signal } = options;
  const count = Math.max(0, Math.min(MOST, Math.floor((origin - LEAST_DAYS) / STEP)));
  const past: PastOrigin[] = [];
  for (let j = 1; j <= count; j++) {
    signal?.throwIfAborted();
    const days = journal.daysBefore(all, origin - STEP * j);
    const fittedAt = origin - STEP * Math.min(count, REFIT_EVERY * Math.ceil(j / REFIT_EVERY));
    const known = journal.daysBefore(all, fittedAt);
    const predictions: (readonly Float64Array[])[] = [];
    for (const member of members) {
      const model = await journal.fit(member, known);
      predictions.push(await model.predict(days, Math.min(horizonDays, STEP * j)));
    }
    past.push({ origin: days.days, days, predictions });
    onProgress?.(j / count);
    // Signals and progress get their turn.
    await setImmediate();
  }
  return past;
}
