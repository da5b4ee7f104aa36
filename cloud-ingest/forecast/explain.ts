import { addDays } from "../calendar.ts";
import { partOf } from "./members/calendar-fit.ts";
import { levelAhead } from "./members/level.ts";
import { seasonStep, shapeFit } from "./members/shape-fit.ts";
import type { DayParts, Days } from "./port.ts";

/**
 * Why a date is as high as it is: causes are added one after the other in the order of the fields, so that they add up to the total exactly;
 * what the other members say beyond them is `other`.
 */
export function dayParts(days: Days, series: number, totals: Float64Array): DayParts[] {
  const fit = shapeFit(days, series);
  const { offset, design } = fit.calendar;
  return Array.from(totals, (total, h) => {
    const day = days.days + h;
    const date = addDays(days.from, day);
    if (days.dates[series]!.isClosed[day] === 1) return closed(date, levelAhead(fit.levels, h), offset);
    const steps = [
      levelAhead(fit.levels, h),
      fit.shape[days.dates[series]!.weekday[day]!]!,
      seasonStep(fit, day),
      partOf(fit.calendar, design.groups.holiday, day),
      partOf(fit.calendar, design.groups.event, day),
      partOf(fit.calendar, design.groups.regressors, day),
    ];
    const people = steps.map((_, i) => {
      const upTo = (end: number) => Math.exp(steps.slice(0, end).reduce((sum, step) => sum + step, 0)) - offset;
      return i === 0 ? upTo(1) : upTo(i + 1) - upTo(i);
    });
    const [level = 0, weekday = 0, season = 0, holiday = 0, event = 0, regressors = 0] = people;
    const other = total - level - weekday - season - holiday - event - regressors;
    return { date, level, weekday, season, holiday, event, regressors, other };
  });
}

/** A closed date loses all of an ordinary one to its closure, which counts among holidays. */
function closed(date: string, level: number, offset: number): DayParts {
  const usual = Math.exp(level) - offset;
  return { date, level: usual, weekday: 0, season: 0, holiday: -usual, event: 0, regressors: 0, other: 0 };
}
