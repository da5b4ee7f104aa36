const DAY_MS = 86_400_000;
const QUARTER_MS = 900_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Days of a store, both ends included, business dates `YYYY-MM-DD`. */
export interface DateRange {
  readonly from: string;
  readonly to: string;
}

/** The date so many days later (or earlier), `YYYY-MM-DD`. */
export function addDays(date: string, days: number): string {
  return dateOfMs(Date.parse(date) + days * DAY_MS);
}

/** The UTC date of an instant. */
export function dateOfMs(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

/** True for a date of the calendar written `YYYY-MM-DD`, from year 1970 to 9999. */
export function isDate(text: string): boolean {
  if (!DATE.test(text) || text < "1970-01-01") return false;
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
  for (let from = range.from; from <= range.to; from = addDays(from, maxDays)) {
    const days = Math.min(maxDays, daysIn({ from, to: range.to }));
    yield { from, to: addDays(from, days - 1) };
  }
}

/** Turns instants into a time zone's wall clock, `YYYY-MM-DDTHH:MM:SS`. */
export function wallClock(timeZone: string): (epochMs: number) => string {
  const two = "2-digit";
  const formatter = new Intl.DateTimeFormat("en-US", {
    ...{ timeZone, hourCycle: "h23", year: "numeric", month: two, day: two, hour: two, minute: two, second: two },
  } as const);
  return (epochMs) => {
    const part: Record<string, string> = {};
    for (const { type, value } of formatter.formatToParts(epochMs)) part[type] = value;
    return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}`;
  };
}

/** How many seconds each local hour 0..23 of a date lasts: 3600, but 0 or 7200 where summer time begins or ends. */
export function hourLengthsS(date: string, timeZone: string): readonly number[] {
  const local = wallClock(timeZone);
  const lengths = new Array<number>(24).fill(0);
  const utcMs = Date.parse(date);
  for (let ms = utcMs - 15 * 3_600_000; ms < utcMs + 40 * 3_600_000; ms += QUARTER_MS) {
    const text = local(ms);
    const hour = Number(text.slice(11, 13));
    if (text.startsWith(date)) lengths[hour] = (lengths[hour] ?? 0) + QUARTER_MS / 1000;
  }
  return lengths;
}
