import { daysBefore, makeDays } from "./days/make-days.ts";
import { calendarFit, partOf } from "./members/calendar-fit.ts";
import type { Context, History } from "./port.ts";

/** What each regressor did on dates that are over, by its name, in the logarithm of people; by date, the last one last. */
export type PastEffects = Readonly<Record<string, readonly number[]>>;

/** Of each series and its last dates, by what the whole history says now; nothing of a history without regressors. */
export function pastEffects(history: History, context: Context, dates: number): readonly PastEffects[] {
  if ((context.regressors ?? []).length === 0) return history.names.map(() => ({}));
  const days = daysBefore(makeDays(history, context, 1), history.days);
  const first = Math.max(0, days.days - dates);
  return days.names.map((_, series) => {
    const fit = calendarFit(days, series);
    const [column] = fit.design.groups.regressors;
    return Object.fromEntries(
      days.dates[series]!.regressorNames.map((name, i) => {
        const at = (day: number) => partOf(fit, [column + i, column + i + 1], first + day);
        return [name, Array.from({ length: days.days - first }, (_, day) => at(day))];
      }),
    );
  });
}
