import { ORDINARY, type SeriesState } from "../series-state.ts";
import { profileEvidence } from "./profile-evidence.ts";

/** A date with fewer people has no profile. */
const MIN_PEOPLE = 20;

/** Hours that clocks are wrong by: summer time, and a neighbour's zone. */
export const SHIFTS = [1, -1, 2, -2];

/** By date, nats for a clock that is `hours` fast, one of `SHIFTS`, kept in the state; NaN where a date is not judged. */
export function shiftEvidence(state: SeriesState, hours: number): Float64Array {
  if (state.shifts.size === 0) fillShifts(state);
  return state.shifts.get(hours) ?? new Float64Array(state.days).fill(Number.NaN);
}

function fillShifts(state: SeriesState): void {
  const { perDay, days, calendar, isDoubted } = state;
  const [seen, usual] = [seenShares(state), usualShares(state)];
  const isOrdinary = calendar.map((code, day) => (code === ORDINARY && isDoubted[day] === 0 ? 1 : 0));
  for (const hours of SHIFTS) {
    const source = Int32Array.from({ length: perDay }, (_, hour) => (hour - hours + perDay) % perDay);
    state.shifts.set(hours, profileEvidence({ cells: perDay, days, seen, usual, source, isOrdinary }));
  }
}

/** Shares of each date's people by hour, those that are always closed left out; NaN where another is missing or too few came. */
function seenShares({ values, isOut, expected, perDay, days }: SeriesState): Float64Array {
  const people = values.slice();
  for (let slot = 0; slot < people.length; slot++) {
    if (isOut[slot] === 1) people[slot] = Number.NaN;
    else if (Number.isNaN(people[slot]!) && Number.isNaN(expected[slot]!)) people[slot] = 0;
  }
  return sharesByDay(people, { perDay, days, least: MIN_PEOPLE });
}

/** Shares of the expected people of each date by hour. */
function usualShares({ expected, perDay, days }: SeriesState): Float64Array {
  const people = expected.map((value) => (Number.isNaN(value) ? 0 : value));
  return sharesByDay(people, { perDay, days, least: Number.MIN_VALUE });
}

function sharesByDay(people: Float64Array, by: { perDay: number; days: number; least: number }): Float64Array {
  const shares = new Float64Array(by.days * by.perDay);
  for (let day = 0; day < by.days; day++) {
    const [from, to] = [day * by.perDay, (day + 1) * by.perDay];
    let sum = 0;
    for (let slot = from; slot < to; slot++) sum += people[slot]!;
    const scale = sum >= by.least ? 1 / sum : Number.NaN;
    for (let slot = from; slot < to; slot++) shares[slot] = people[slot]! * scale;
  }
  return shares;
}
