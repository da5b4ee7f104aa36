import type { History } from "../port.ts";

const HOURS = 24;
const WEEK = 7;
const LOOK_BACK_WEEKS = 12;
/** Dates before that say whether an hour is ever there. */
const FEWEST = 2;
/** An hour that is there on a smaller part of them is one in which the place is closed, as the rule `gap` of the quality job has it. */
const USUAL = 0.25;

/**
 * The history with 0 for hours that are hardly ever there on dates which are: a shop whose rows are of its opening hours, a camera that is off at night. Otherwise no date of it would be
 * known. Told from the dates before each alone; the same history where no hour is missing so.
 */
export function withClosedHours(history: History): History {
  if (history.step === "day") return history;
  return { ...history, values: history.values.map(filled) };
}

function filled(source: Float64Array): Float64Array {
  if (!source.some(Number.isNaN)) return source;
  const days = Math.floor(source.length / HOURS);
  const isThere = Array.from({ length: days }, (_, day) =>
    source.subarray(day * HOURS, (day + 1) * HOURS).some((value) => !Number.isNaN(value)),
  );
  const values = source.slice();
  for (let day = 0; day < days; day++) {
    if (!isThere[day]) continue;
    const missing = Array.from({ length: HOURS }, (_, hour) => hour).filter((hour) =>
      Number.isNaN(source[day * HOURS + hour]!),
    );
    if (missing.length === 0) continue;
    const before = datesBefore(isThere, day);
    for (const hour of missing) {
      const known = before.filter((at) => !Number.isNaN(source[at * HOURS + hour]!)).length;
      if (before.length >= FEWEST && known < USUAL * before.length) values[day * HOURS + hour] = 0;
    }
  }
  return values;
}

/** Dates of the same weekday of the last weeks that are there; all dates of them where those are too few. */
function datesBefore(isThere: readonly boolean[], day: number): number[] {
  const since = (step: number) =>
    Array.from({ length: Math.floor((LOOK_BACK_WEEKS * WEEK) / step) }, (_, i) => day - step * (i + 1)).filter(
      (at) => isThere[at],
    );
  const alike = since(WEEK);
  return alike.length >= FEWEST ? alike : since(1);
}
