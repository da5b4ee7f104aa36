import { addDays } from "../../calendar.ts";
import { explainPast, type PastInput } from "../../forecast/explain-past.ts";
import type { PastEffects } from "../../forecast/past-effects.ts";
import type { DerivedRow } from "../../warehouse/derived-port.ts";
import type { GroupHistory, GroupPlace } from "./groups.ts";

const HOURS = 24;
const USUAL_DAYS = 28;

export interface PastInputs {
  readonly known: GroupHistory;
  /** By place, what regressors did on the last dates of the history. */
  readonly effects: readonly PastEffects[];
  /** Rows of `forecast` of these dates, of all stores of the group. */
  readonly rows: readonly DerivedRow[];
  /** Dates that are over, ascending. */
  readonly dates: readonly string[];
  /** RFC 3339 UTC. */
  readonly madeAt: string;
}

/** What was counted on dates that are over against what was expected of them, as rows of step `past` beside the forecasts. */
export function pastRows(input: PastInputs): readonly DerivedRow[] {
  const expected = new Map(input.rows.map((row) => [keyOf(row), row]));
  return input.dates.flatMap((date) => {
    const cases = input.known.places.flatMap((place, index) => {
      const own = caseOf(input, { place, index, date, expected });
      return own ? [own] : [];
    });
    return cases.map((one) => rowOf(one, cases, input.madeAt));
  });
}

const keyOf = ({ store, place, step, localStart }: DerivedRow) => `${store}/${place}/${step}/${localStart}`;

interface Case {
  readonly place: GroupPlace;
  readonly day: DerivedRow;
  readonly input: Omit<PastInput, "others">;
}

interface Asked {
  readonly place: GroupPlace;
  readonly index: number;
  readonly date: string;
  readonly expected: ReadonlyMap<string, DerivedRow>;
}

function caseOf(
  { known: { history, context }, effects }: PastInputs,
  { place, index, date, expected }: Asked,
): Case | undefined {
  const about = { store: place.store.store, place: place.place };
  const day = expected.get(keyOf({ ...about, step: "day", localStart: `${date}T00:00:00` }));
  if (!day) return undefined;
  const at = Math.round((Date.parse(date) - Date.parse(history.from)) / 86_400_000) * HOURS;
  const foretold = Array.from({ length: HOURS }, (_, hour) => {
    const localStart = `${date}T${String(hour).padStart(2, "0")}:00:00`;
    return Number(expected.get(keyOf({ ...about, step: "hour", localStart }))?.yhat ?? 0);
  });
  const values = history.values[index] ?? new Float64Array(0);
  const hours = foretold.some((people) => people > 0) ? foretold : usualHours(values.subarray(0, at), Number(day.yhat));
  const causes = JSON.parse(String(day.parts ?? "{}")) as Causes;
  return {
    ...{ place, day },
    input: {
      ...{ expected: Number(day.yhat), lo95: Number(day.lo95), hi95: Number(day.hi95) },
      ...{ expectedHours: hours, countedHours: values.subarray(at, at + HOURS) },
      certainty: history.certainty?.[index]?.subarray(at, at + HOURS) ?? [],
      note: context.calendars[index]?.get(date),
      foreseen: { holiday: causes.holiday ?? 0, event: causes.event ?? 0 },
      numbers: numbersOf(effects[index] ?? {}, { back: history.days - at / HOURS, expected: Number(day.yhat), causes }),
    },
  };
}

/** What a row of the forecast says of its causes. */
interface Causes {
  readonly holiday?: number;
  readonly event?: number;
  readonly named?: Readonly<Record<string, number>>;
}

interface NumbersOn {
  /** The date, counted from the end of the history: 1 is its last. */
  readonly back: number;
  readonly expected: number;
  readonly causes: Causes;
}

/** What each regressor did in fact, less what the forecast gave to it. */
function numbersOf(effects: PastEffects, { back, expected, causes: { named = {} } }: NumbersOn) {
  const given = Object.values(named).reduce((sum, people) => sum + people, 0);
  return Object.entries(effects).flatMap(([name, byDate]) => {
    const effect = byDate.at(-back);
    if (effect === undefined || back > byDate.length) return [];
    return [{ name, people: (expected - given) * Math.expm1(effect) - (named[name] ?? 0) }];
  });
}

/** Hours are foretold for a week only: beyond it a date has those of the four weeks before. */
function usualHours(before: Float64Array, expected: number): readonly number[] {
  const recent = before.subarray(Math.max(0, before.length - USUAL_DAYS * HOURS));
  const sums = Array.from({ length: HOURS }, (_, hour) =>
    recent.reduce((sum, people, slot) => (slot % HOURS === hour && Number.isFinite(people) ? sum + people : sum), 0),
  );
  const all = sums.reduce((sum, people) => sum + people, 0);
  return sums.map((people) => (all > 0 ? (expected * people) / all : 0));
}

function rowOf({ place, day, input }: Case, all: readonly Case[], madeAt: string): DerivedRow {
  const others = all.flatMap((other) => {
    const isOther = other.place.place === place.place && other.place.store !== place.store && other.input.expected > 0;
    const counted = sumOf(other.input.countedHours);
    return isOther && Number.isFinite(counted) ? [counted / other.input.expected] : [];
  });
  const past = explainPast({ ...input, others });
  return { ...day, step: "past", madeAt, parts: JSON.stringify(past) };
}

const sumOf = (hours: ArrayLike<number>) => Array.from(hours).reduce((sum, value) => sum + value, 0);

/** The dates before a forecast whose rows say how it went. */
export const pastDates = (last: string, days: number): readonly string[] =>
  Array.from({ length: days }, (_, back) => addDays(last, back + 1 - days));
