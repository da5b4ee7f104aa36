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
  const names = days.dates[series]!.regressorNames;
  const [first] = design.groups.regressors;
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
      ...names.map((_, i) => partOf(fit.calendar, [first + i, first + i + 1], day)),
    ];
    const people = steps.map((_, i) => {
      const upTo = (end: number) => Math.exp(steps.slice(0, end).reduce((sum, step) => sum + step, 0)) - offset;
      return i === 0 ? upTo(1) : upTo(i + 1) - upTo(i);
    });
    const [level = 0, weekday = 0, season = 0, holiday = 0, event = 0, ...each] = people;
    const regressors = each.reduce((sum, one) => sum + one, 0);
    const other = total - level - weekday - season - holiday - event - regressors;
    const named = Object.fromEntries(names.map((name, i) => [name, each[i] ?? 0]));
    return { date, level, weekday, season, holiday, event, regressors, ...(names.length > 0 && { named }), other };
  });
}

/** A closed date loses all of an ordinary one to its closure, which counts among holidays. */
function closed(date: string, level: number, offset: number): DayParts {
  const usual = Math.exp(level) - offset;
  return { date, level: usual, weekday: 0, season: 0, holiday: -usual, event: 0, regressors: 0, other: 0 };
}
