import { addDays } from "../calendar.ts";

/** UTC dates that may hold counts of these business dates: a zone is off by a day at most, and so is `ts` from `windowStart`. */
const MARGIN_DAYS = 2;

/** The dates and their neighbours that a business date may reach into, ascending. */
export function around(dates: readonly string[]): readonly string[] {
  const all = new Set<string>();
  for (const date of new Set(dates)) {
    for (let days = -MARGIN_DAYS; days <= MARGIN_DAYS; days++) all.add(addDays(date, days));
  }
  return [...all].sort();
}
