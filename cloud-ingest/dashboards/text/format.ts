const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;

/** Numbers, dates and times the way a language writes them. */
export interface Format {
  readonly count: (value: number) => string;
  readonly percent: (share: number) => string;
  /** Rounded down: 99.6 % of the time is not all of it. */
  readonly share: (share: number) => string;
  readonly longDate: (date: string) => string;
  readonly shortDate: (date: string, hasYear?: boolean) => string;
  /** Month and day without the weekday, for an axis. */
  readonly axisDate: (date: string, hasYear?: boolean) => string;
  readonly month: (date: string) => string;
  readonly weekday: (date: string) => string;
  readonly dayOfMonth: (date: string) => string;
  /** A local `YYYY-MM-DDTHH:MM:SS`. */
  readonly localTime: (local: string) => string;
  readonly duration: (seconds: number) => string;
  /** `now` below a minute. */
  readonly age: (seconds: number) => string;
}

/** How a language shortens months and weekdays, and its units of time with the space that belongs before them. */
interface Units {
  readonly month: "numeric" | "short";
  readonly weekday: "short" | "long";
  readonly justNow: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
}

/** Formats of a locale such as `ja-JP`. */
export function createFormat(locale: string, units: Units): Format {
  const count = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "always", style: "short" });
  return {
    count: (value) => count.format(value),
    percent: (share) => percent.format(share),
    share: (share) => percent.format(Math.floor(share * 100 + 1e-9) / 100),
    ...dateFormats(locale, units),
    duration: (seconds) => durationText(seconds, units),
    age: (seconds) => (seconds < MINUTE_S ? units.justNow : relative.format(...coarseAge(seconds))),
  };
}

function dateFormats(locale: string, { month, weekday }: Units) {
  const year = "numeric";
  const long = dateFormat(locale, { weekday, year, month: "long", day: "numeric" });
  const short = dateFormat(locale, { weekday: "short", month, day: "numeric" });
  const shortWithYear = dateFormat(locale, { weekday: "short", year, month, day: "numeric" });
  const axis = dateFormat(locale, { month, day: "numeric" });
  const axisWithYear = dateFormat(locale, { year: "2-digit", month, day: "numeric" });
  return {
    longDate: long,
    shortDate: (date: string, hasYear = false) => (hasYear ? shortWithYear(date) : short(date)),
    axisDate: (date: string, hasYear = false) => (hasYear ? axisWithYear(date) : axis(date)),
    month: dateFormat(locale, { year, month: "short" }),
    weekday: dateFormat(locale, { weekday: "short" }),
    dayOfMonth: (date: string) => String(Number(date.slice(8, 10))),
    localTime: (local: string) => `${short(local.slice(0, 10))} ${local.slice(11, 16)}`,
  };
}

function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): (date: string) => string {
  const formatter = new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
  return (date) => formatter.format(Date.parse(date));
}

function durationText(seconds: number, units: Units): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / HOUR_S), Math.floor((whole % HOUR_S) / MINUTE_S), whole % MINUTE_S];
  const parts: readonly [number, string][] =
    h > 0
      ? [
          [h, units.hour],
          [m, units.minute],
        ]
      : [
          [m, units.minute],
          [s, units.second],
        ];
  const text = parts.filter(([value]) => value > 0).map(([value, unit]) => value + unit);
  return text.length > 0 ? text.join(units.second.startsWith(" ") ? " " : "") : `0${units.second}`;
}

function coarseAge(seconds: number): [number, Intl.RelativeTimeFormatUnit] {
  if (seconds < HOUR_S) return [-Math.floor(seconds / MINUTE_S), "minute"];
  return seconds < DAY_S ? [-Math.floor(seconds / HOUR_S), "hour"] : [-Math.floor(seconds / DAY_S), "day"];
}
