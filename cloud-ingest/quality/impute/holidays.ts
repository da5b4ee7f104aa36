// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).
import type { History } from "./history.ts";

const LEAST_HOLIDAYS = 3;
const NEAR_WEEKS = 4;

/**
 * By how many slots a slot of a holiday is moved before its weekday is looked up: to the nearest Sunday where the holidays of the
 * series' own past were more like Sundays than like their weekdays, else by 0.
 */
export function sundayShift(history: History, series: number): (slot: number) => number {
  if (!history.isHoliday.includes(1) || !isLikeSunday(history, series)) return () => 0;
  return (slot) => {
    const day = Math.floor(slot / history.perDay);
    return history.isHoliday[day] === 1 ? toSunday(history, day) * history.perDay : 0;
  };
}

/** Days to the nearest Sunday, -3 to 3. */
function toSunday(history: History, day: number): number {
  const first = Date.parse(`${history.panel.from}T00:00:00Z`) / 86_400_000;
  const weekday = (((first + day + 4) % 7) + 7) % 7;
  return weekday <= 3 ? -weekday : 7 - weekday;
}

function isLikeSunday(history: History, series: number): boolean {
  let [holidays, asWeekday, asSunday] = [0, 0, 0];
  for (let day = 0; day < history.panel.days; day++) {
    const shift = toSunday(history, day);
    if (history.isHoliday[day] !== 1 || history.isClosed[day] === 1 || shift === 0) continue;
    const total = totalOf(history, series, day);
    const [weekday, sunday] = [around(history, series, day), around(history, series, day + shift)];
    if (Number.isNaN(total + weekday + sunday)) continue;
    asWeekday += Math.abs(Math.log((total + 1) / (weekday + 1)));
    asSunday += Math.abs(Math.log((total + 1) / (sunday + 1)));
    holidays++;
  }
  return holidays >= LEAST_HOLIDAYS && asSunday < asWeekday;
}

/** Mean total of the same weekday in the weeks around a day; NaN where none is known. */
function around(history: History, series: number, day: number): number {
  let [sum, known] = [0, 0];
  for (let week = -NEAR_WEEKS; week <= NEAR_WEEKS; week++) {
    const other = day + 7 * week;
    if (history.isOrdinary[other] !== 1) continue;
    const total = totalOf(history, series, other);
    if (Number.isNaN(total)) continue;
    sum += total;
    known++;
  }
  return known === 0 ? Number.NaN : sum / known;
}

function totalOf(history: History, series: number, day: number): number {
  let sum = 0;
  for (let slot = day * history.perDay; slot < (day + 1) * history.perDay; slot++) {
    if (!history.isKnown(series, slot)) return Number.NaN;
    sum += history.panel.values[series]![slot]!;
  }
  return sum;
}
