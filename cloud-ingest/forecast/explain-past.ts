import type { DayNote } from "../quality/panel.ts";

/** Why a date was not as expected; people of all reasons add up to what was counted less what was expected. */
export interface Reason {
  /** `device`: hours that nobody counted; `neighbours`: other stores were off in the same way; the others as the calendar has them. */
  readonly reason: "device" | "neighbours" | "closed" | "holiday" | "event" | "shock" | "regressors" | "unexplained";
  readonly people: number;
  /** Name of the holiday, event, shock or regressor. */
  readonly name?: string;
}

export interface PastDay {
  /** People in the hours that are known, whole. */
  readonly counted: number;
  /** Hours in which people were expected and that are not known. */
  readonly missingHours: number;
  /** Hours that are estimates. */
  readonly repairedHours: number;
  /** Within the interval that holds 95 of 100 such dates. */
  readonly isUsual: boolean;
  /** Largest first; empty on a usual date. */
  readonly reasons: readonly Reason[];
}

export interface PastInput {
  readonly expected: number;
  /** Interval that holds 95 of 100 such dates. */
  readonly lo95: number;
  readonly hi95: number;
  /** People expected by hour of the date. */
  readonly expectedHours: ArrayLike<number>;
  /** People counted by hour, NaN where nobody knows. */
  readonly countedHours: ArrayLike<number>;
  /** 0..1 by hour; below 1 are estimates. */
  readonly certainty: ArrayLike<number>;
  /** What the calendar says now. */
  readonly note: DayNote | undefined;
  /** People that the forecast gave to holidays and events. */
  readonly foreseen: { readonly holiday: number; readonly event: number };
  /** What regressors did in fact less what the forecast gave to them. */
  readonly numbers?: readonly { readonly name: string; readonly people: number }[];
  /** Counted by expected of other stores on that date. */
  readonly others: readonly number[];
}

/** An hour in which fewer were expected is no loss. */
const EXPECTED_AT_ALL = 0.5;
/** Fewer stores are no common cause. */
const LEAST_OTHERS = 3;
/** A cause of which the forecast knew less than this share of the day was news to it. */
const UNFORESEEN = 0.02;

/**
 * What was counted on a date against what was expected. Hours that nobody counted come first, then what the calendar knows now and the
 * forecast did not, then what the median of the other stores was off by; the rest is unexplained.
 */
export function explainPast(input: PastInput): PastDay {
  const { expected, lo95, hi95, expectedHours, countedHours, certainty } = input;
  let [counted, lost, missingHours, repairedHours] = [0, 0, 0, 0];
  for (let hour = 0; hour < 24; hour++) {
    const people = countedHours[hour] ?? Number.NaN;
    if (Number.isFinite(people)) {
      counted += people;
      if ((certainty[hour] ?? 1) < 1 && people > 0) repairedHours++;
    } else if ((expectedHours[hour] ?? 0) >= EXPECTED_AT_ALL) {
      lost += expectedHours[hour] ?? 0;
      missingHours++;
    }
  }
  counted = Math.round(counted);
  const known = { counted, missingHours, repairedHours };
  if (counted + lost >= lo95 && counted + lost <= hi95 && missingHours === 0)
    return { ...known, isUsual: true, reasons: [] };
  const device: Reason[] = lost > 0 ? [{ reason: "device", people: -lost }] : [];
  const rest = counted + lost - expected;
  const others = isWithin(rest, input) ? [] : causesOf(rest, input);
  const told = [...device, ...others];
  const unexplained = counted - expected - told.reduce((sum, { people }) => sum + people, 0);
  const all: Reason[] = [...told, { reason: "unexplained", people: unexplained }];
  const reasons = all
    .map((one) => ({ ...one, people: Math.round(one.people) }))
    .filter(({ people }) => people !== 0)
    .sort((a, b) => Math.abs(b.people) - Math.abs(a.people));
  return { ...known, isUsual: false, reasons };
}

const isWithin = (rest: number, { expected, lo95, hi95 }: PastInput) =>
  expected + rest >= lo95 && expected + rest <= hi95;

/** Of what is left when lost hours are taken off. */
function causesOf(rest: number, { expected, note, foreseen, others, numbers = [] }: PastInput): Reason[] {
  const isNews = (people: number) => Math.abs(people) < UNFORESEEN * expected;
  if (note?.isClosed && rest < 0) return [{ reason: "closed", people: rest }];
  if (note?.shock) return [{ reason: "shock", people: rest, name: note.shock }];
  if (note?.event && isNews(foreseen.event)) return [{ reason: "event", people: rest, name: note.event }];
  if (note?.holiday && isNews(foreseen.holiday)) return [{ reason: "holiday", people: rest, name: note.holiday }];
  const told = numberReasons(
    rest,
    numbers.filter(({ people }) => !isNews(people)),
  );
  const left = rest - told.reduce((sum, { people }) => sum + people, 0);
  return [...told, ...neighbourReason(left, expected, others)];
}

/** Regressors that were off as the date was, the largest first, none beyond what is left to be explained. */
function numberReasons(rest: number, numbers: NonNullable<PastInput["numbers"]>): Reason[] {
  let left = rest;
  return [...numbers]
    .sort((a, b) => Math.abs(b.people) - Math.abs(a.people))
    .flatMap(({ name, people }): Reason[] => {
      if (Math.sign(people) !== Math.sign(left) || left === 0) return [];
      const own = Math.sign(left) * Math.min(Math.abs(people), Math.abs(left));
      left -= own;
      return [{ reason: "regressors", people: own, name }];
    });
}

function neighbourReason(rest: number, expected: number, others: readonly number[]): Reason[] {
  if (others.length < LEAST_OTHERS || rest === 0) return [];
  const sorted = [...others].sort((a, b) => a - b);
  const common = expected * ((sorted[Math.floor(sorted.length / 2)] ?? 1) - 1);
  if (Math.sign(common) !== Math.sign(rest)) return [];
  return [{ reason: "neighbours", people: Math.sign(rest) * Math.min(Math.abs(common), Math.abs(rest)) }];
}
