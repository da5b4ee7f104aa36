import { addDays } from "../../calendar.ts";
import { checkDate } from "./check-plan.ts";
import { STREAM_AHEAD_DAYS, STREAM_BACK_DAYS } from "./limits.ts";

/** How rows get in: `stream` = an append stream, seconds; `load` = a load job, for dates that a stream refuses. */
export type Route = "stream" | "load";

/** How rows of a date get in while `today` is the UTC day; in doubt by a load job, which takes every date. */
export function route(date: string, today: string): Route {
  checkDate(date);
  checkDate(today);
  const isNear = addDays(today, -STREAM_BACK_DAYS) <= date && date <= addDays(today, STREAM_AHEAD_DAYS);
  return isNear ? "stream" : "load";
}
