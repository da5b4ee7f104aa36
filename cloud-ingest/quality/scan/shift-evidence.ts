import { ORDINARY, type SeriesState } from "../series-state.ts";
import { profileEvidence } from "./profile-evidence.ts";

/** A date with fewer people has no profile. */
const MIN_PEOPLE = 20;

/** By date, nats for a clock that is `hours` fast, kept in the state; NaN where a date is not judged. */
export function shiftEvidence(state: SeriesState, hours: number): Float64Array {
  const known = state.shifts.get(hours);
  if (known) return known;
  const { perDay, days } = state;
  const source = Int32Array.from({ length: perDay }, (_, hour) => (hour - hours + perDay) % perDay);
  const isOrdinary = Uint8Array.from(state.calendar, (code, day) =>
    code === ORDINARY && state.isDoubted[day] === 0 ? 1 : 0,
  );
  const nats = profileEvidence({
    cells: perDay,
    days,
    seen: seenShares(state),
    usual: usualShares(state),
    source,
    isOrdinary,
  });
  state.shifts.set(hours, nats);
  return nats;
}

/** Shares of each date's people by hour, those that are always closed left out; NaN where another is missing or too few came. */
export function seenShares({ values, isOut, expected, perDay, days }: SeriesState): Float64Array {
  const people = Float64Array.from(values, (value, slot) => {
    if (isOut[slot] === 1) return Number.NaN;
    return Number.isNaN(value) && Number.isNaN(expected[slot]!) ? 0 : value;
  });
  return sharesByDay(people, { perDay, days, least: MIN_PEOPLE });
}

/** Shares of the expected people of each date by hour. */
export function usualShares({ expected, perDay, days }: SeriesState): Float64Array {
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
