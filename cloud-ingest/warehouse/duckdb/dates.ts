const DAY_MS = 86_400_000;

/** UTC dates that may hold counts of these business dates: a zone is off by a day at most, and so is `ts` from `windowStart`. */
const MARGIN_DAYS = 2;

/** `YYYY-MM-DD` that many days later. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The dates and their neighbours that a business date may reach into, ascending. */
export function around(dates: readonly string[]): readonly string[] {
  const all = new Set<string>();
  for (const date of dates) {
    for (let days = -MARGIN_DAYS; days <= MARGIN_DAYS; days++) all.add(addDays(date, days));
  }
  return [...all].sort();
}

/** Every date from `from` to `to`. */
export function datesBetween(from: string, to: string): readonly string[] {
  const dates: string[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) dates.push(date);
  return dates;
}
