/** A time as a CSV writes it, in minutes. */
export interface LocalTime {
  /** Minutes since 1970-01-01T00:00 of the wall clock. */
  readonly wall: number;
  /** Minutes since 1970-01-01T00:00Z where the text says an offset, else the wall clock's. */
  readonly instant: number;
  /** The offset as written, such as `+11:00` or `Z`; empty without one. */
  readonly offset: string;
  /** True when the text holds more than a date. */
  readonly hasTime: boolean;
}

const TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d{1,9})?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;
const DAY_MINUTES = 1440;
const DAYS_PER_MS = 1 / 86_400_000;

/** A date or a local time of ISO 8601, with `T` or a space, with or without an offset; undefined for anything else. */
export function parseLocalTime(text: string): LocalTime | undefined {
  const parts = TIME.exec(text);
  if (!parts) return undefined;
  const [, year = "", month = "", day = "", hour = "0", minute = "0", second = "0", offset = ""] = parts;
  const days = dayOf(Number(year), Number(month), Number(day));
  if (days === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const wall = days * DAY_MINUTES + Number(hour) * 60 + Number(minute);
  return { wall, instant: wall - offsetMinutes(offset), offset, hasTime: parts[4] !== undefined };
}

/** Days since 1970-01-01; undefined for a date that no calendar has. */
function dayOf(year: number, month: number, day: number): number | undefined {
  const ms = Date.UTC(year, month - 1, day);
  const date = new Date(ms);
  const isReal = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal ? Math.round(ms * DAYS_PER_MS) : undefined;
}

function offsetMinutes(offset: string): number {
  if (offset === "" || offset.toUpperCase() === "Z") return 0;
  const digits = offset.slice(1).replace(":", "");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0);
  return offset.startsWith("-") ? -minutes : minutes;
}

/** How the first time of a file is written, so that an answer can be joined to it again. */
export interface TimeStyle {
  readonly separator: string;
  readonly seconds: string;
  readonly hasTime: boolean;
}

export function styleOf(text: string): TimeStyle {
  return {
    separator: text.charAt(10) || "T",
    seconds: /:\d{2}:(\d{2}(?:[.,]\d+)?)/.test(text) ? `:${/:\d{2}:(\d{2}(?:[.,]\d+)?)/.exec(text)?.[1]}` : "",
    hasTime: text.length > 10,
  };
}
