const DAY_MS = 86_400_000;
/** The first and the last instant with a year of four digits, which all texts of ours have. */
const FIRST_MS = Date.parse("0001-01-01T00:00:00Z");
export const LAST_MS = Date.parse("9999-12-31T23:59:59.999Z");

/** The first and the last date that `isDate` takes. */
export const FIRST_DATE = "1970-01-01";
export const LAST_DATE = "9999-12-31";

/** Ten years and a little: the longest range that one request or command may be about. */
export const MOST_DAYS = 3700;

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Days of a store, both ends included, business dates `YYYY-MM-DD`. */
export interface DateRange {
  readonly from: string;
  readonly to: string;
}

/** The date so many days later (or earlier), `YYYY-MM-DD`; from 0001-01-01 to 9999-12-31, where it stops. */
export function addDays(date: string, days: number): string {
  return dateOfMs(Math.max(FIRST_MS, Math.min(Date.parse(date) + days * DAY_MS, LAST_MS)));
}

/** The UTC date of an instant. */
export function dateOfMs(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

/** True for a date of the calendar written `YYYY-MM-DD`, from year 1970 to 9999. */
export function isDate(text: string): boolean {
  if (!DATE.test(text) || text < FIRST_DATE) return false;
  const epochMs = Date.parse(text);
  return !Number.isNaN(epochMs) && dateOfMs(epochMs) === text;
}

/** Days of a range, both ends included. */
export function daysIn(range: DateRange): number {
  return Math.round((Date.parse(range.to) - Date.parse(range.from)) / DAY_MS) + 1;
}

/** Every date of a range, oldest first. */
export function datesOf(range: DateRange): string[] {
  return Array.from({ length: Math.max(0, daysIn(range)) }, (_, day) => addDays(range.from, day));
}

/** Cuts a range into pieces of at most so many days, oldest first. */
export function* splitRange(range: DateRange, maxDays: number): Generator<DateRange> {
  for (let left = daysIn(range), { from } = range; left > 0; left -= maxDays, from = addDays(from, maxDays))
    yield { from, to: addDays(from, Math.min(maxDays, left) - 1) };
}

/** The dates as ranges without gaps, oldest first. */
export function stretchesOf(dates: readonly string[]): readonly DateRange[] {
  const stretches: DateRange[] = [];
  for (const date of [...new Set(dates)].sort()) {
    const last = stretches.at(-1);
    if (last && date === addDays(last.to, 1)) stretches[stretches.length - 1] = { from: last.from, to: date };
    else stretches.push({ from: date, to: date });
  }
  return stretches;
}
