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
  const [seen, usual] = [seenPeople(state), usualShares(state)];
  const isOrdinary = calendar.map((code, day) => (code === ORDINARY && isDoubted[day] === 0 ? 1 : 0));
  for (const hours of SHIFTS) {
    const source = Int32Array.from({ length: perDay }, (_, hour) => (hour - hours + perDay) % perDay);
    state.shifts.set(hours, profileEvidence({ cells: perDay, days, seen, usual, source, isOrdinary }));
  }
}

/**
 * People of each hour, 0 in those that are always closed; NaN where a value is missing or not believed
 * (an hour that looks dead stays, as one that a clock has moved does), and all day where too few came.
 */
function seenPeople({ values, isOut, expected, perDay, days }: SeriesState): Float64Array {
  const people = values.slice();
  for (let day = 0; day < days; day++) {
    const [from, to] = [day * perDay, (day + 1) * perDay];
    let sum = 0;
    for (let slot = from; slot < to; slot++) {
      if (isOut[slot] === 1 && values[slot] !== 0) people[slot] = Number.NaN;
      else if (Number.isNaN(people[slot]!) && !(expected[slot]! >= 0)) people[slot] = 0;
      sum += people[slot]! || 0;
    }
    if (sum < MIN_PEOPLE) people.fill(Number.NaN, from, to);
  }
  return people;
}

/** Shares of the expected people of each date by hour. */
function usualShares({ expected, perDay, days }: SeriesState): Float64Array {
  const shares = expected.slice();
  for (let day = 0; day < days; day++) {
    const [from, to] = [day * perDay, (day + 1) * perDay];
    let sum = 0;
    for (let slot = from; slot < to; slot++) sum += expected[slot]! || 0;
    for (let slot = from; slot < to; slot++) shares[slot] = (expected[slot]! || 0) / sum;
  }
  return shares;
}
