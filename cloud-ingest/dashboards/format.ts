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
  readonly shortDate: (date: string) => string;
  /** Month and day without the weekday, for an axis. */
  readonly axisDate: (date: string) => string;
  readonly month: (date: string) => string;
  readonly weekday: (date: string) => string;
  readonly dayOfMonth: (date: string) => string;
  /** A local `YYYY-MM-DDTHH:MM:SS`. */
  readonly localTime: (local: string) => string;
  readonly duration: (seconds: number) => string;
  readonly age: (seconds: number) => string;
}

/** How a language shortens a month, and its units of time with the space that belongs before them. */
interface Units {
  readonly month: "numeric" | "short";
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
    ...dateFormats(locale, units.month),
    duration: (seconds) => durationText(seconds, units),
    age: (seconds) => relative.format(...coarseAge(seconds)),
  };
}

function dateFormats(locale: string, month: Units["month"]) {
  const long = dateFormat(locale, { weekday: "long", year: "numeric", month: "long", day: "numeric" });
  const short = dateFormat(locale, { weekday: "short", month, day: "numeric" });
  return {
    longDate: long,
    shortDate: short,
    axisDate: dateFormat(locale, { month: "numeric", day: "numeric" }),
    month: dateFormat(locale, { year: "numeric", month: "short" }),
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
  if (seconds < MINUTE_S) return [-Math.max(0, Math.floor(seconds)), "second"];
  if (seconds < HOUR_S) return [-Math.floor(seconds / MINUTE_S), "minute"];
  return seconds < DAY_S ? [-Math.floor(seconds / HOUR_S), "hour"] : [-Math.floor(seconds / DAY_S), "day"];
}
