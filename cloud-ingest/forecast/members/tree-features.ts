import type { Days } from "../port.ts";
import { effectOf, partOf } from "./calendar-fit.ts";
import { levelAhead } from "./level.ts";
import { recentMean } from "./recent-level.ts";
import { type ShapeFit, seasonStep, shapeFit } from "./shape-fit.ts";

const YEAR = 364;
/** How far the nearest holiday is looked for, days. */
const HOLIDAY_REACH = 5;

/** What the trees start from, in the logarithm: level, weekday and calendar, as of an origin. */
export function baseOf(fit: ShapeFit, days: Days, series: number, day: number): number {
  const shape = fit.shape[days.dates[series]!.weekday[day]!]!;
  return levelAhead(fit.levels, day - days.days) + shape + effectOf(fit.calendar, day) + seasonStep(fit, day);
}

export const FEATURES = 21;

/** Writes what is known at the origin of `days` of a date behind it, `FEATURES` numbers from `at` on; NaN where not known. */
export class FeatureWriter {
  readonly #days: Days;
  readonly #series: number;
  readonly #fit: ShapeFit;
  readonly #recent: readonly number[];
  readonly #noise: number;
  readonly #seasonNow: number;

  constructor(days: Days, series: number) {
    this.#days = days;
    this.#series = series;
    this.#fit = shapeFit(days, series);
    const { flat, weights, levels } = this.#fit;
    const level = levels.near;
    const end = days.days;
    this.#recent = [2, 5, 28, 90].map((halfLife) => recentMean(flat, weights, { end, halfLife }).mean - level);
    this.#noise = recentMean(
      flat.map((value) => Math.abs(value - level)),
      weights,
      { end, halfLife: 28 },
    ).mean;
    this.#seasonNow = this.#meanSeason(end - 21, end);
  }

  write(out: Float32Array, at: number, day: number): void {
    const { flat, levels, calendar } = this.#fit;
    const level = levels.near;
    const lastYear = this.#fit.yearsAgo[0]!.near;
    const dates = this.#days.dates[this.#series]!;
    const h = day - this.#days.days;
    const lastWeek = day - 7 * (Math.floor(h / 7) + 1);
    const then = day - YEAR;
    const past = (index: number) => flat[index] ?? Number.NaN;
    const row = [
      h,
      dates.weekday[day]!,
      effectOf(calendar, day),
      dates.holiday[day] === 0 ? 0 : 1,
      this.#toHoliday(day, 1),
      this.#toHoliday(day, -1),
      dates.event[day] === 0 ? 0 : 1,
      this.#meanSeason(day - 3, day + 4) - this.#seasonNow,
      ...this.#recent,
      this.#noise,
      past(lastWeek) - level,
      past(lastWeek - 7) - level,
      (past(lastWeek - 14) + past(lastWeek - 21)) / 2 - level,
      past(then) - lastYear,
      mean(flat, then - 3, then + 4) - lastYear,
      mean(flat, then - 14, then + 15) - lastYear,
      mean(flat, then + 7, then + 14) - mean(flat, then - 7, then),
      Math.min(800, this.#days.days),
    ];
    out.set(row, at);
  }

  /** Days to the nearest holiday in a direction; 1 + the reach for none near. */
  #toHoliday(day: number, step: 1 | -1): number {
    const { holiday } = this.#days.dates[this.#series]!;
    for (let away = 1; away <= HOLIDAY_REACH; away++) if ((holiday[day + step * away] ?? 0) !== 0) return away;
    return HOLIDAY_REACH + 1;
  }

  #meanSeason(from: number, to: number): number {
    const { calendar } = this.#fit;
    const { season } = calendar.design.groups;
    const last = this.#days.dates[this.#series]!.weekday.length;
    let [sum, count] = [0, 0];
    for (let day = Math.max(0, from); day < Math.min(last, to); day++) {
      sum += partOf(calendar, season, day);
      count++;
    }
    return count > 0 ? sum / count : 0;
  }
}

function mean(values: Float64Array, from: number, to: number): number {
  let [sum, count] = [0, 0];
  for (let day = Math.max(0, from); day < Math.min(values.length, to); day++) {
    if (Number.isNaN(values[day]!)) continue;
    sum += values[day]!;
    count++;
  }
  return count > 0 ? sum / count : Number.NaN;
}
