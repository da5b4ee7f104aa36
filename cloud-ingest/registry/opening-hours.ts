/** A stretch of opening, minutes from the local midnight of the business date; the end may lie on the next date (beyond 1,440). */
export interface OpenSpan {
  readonly from: number;
  readonly to: number;
}

const DAY_MIN = 1_440;
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const SPAN = /^(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$/;

/** The days of `week`: weekdays, 0 = Sunday, and holidays. */
export interface WeekDays {
  readonly weekdays: ReadonlySet<number>;
  readonly isHoliday: boolean;
}

/** Spans of `closed`, `"10:00-21:00"` or a list, in order; undefined for what is none of these, or overlaps. */
export function parseHours(hours: string | readonly string[]): readonly OpenSpan[] | undefined {
  if (hours === "closed") return [];
  const spans = (typeof hours === "string" ? [hours] : hours).map(parseSpan);
  const known = spans.filter((span) => span !== undefined).sort((a, b) => a.from - b.from);
  const isApart = known.every((span, at) => at === 0 || span.from >= (known[at - 1]?.to ?? 0));
  return known.length === spans.length && known.length > 0 && isApart ? known : undefined;
}

function parseSpan(text: string): OpenSpan | undefined {
  const [, h1, m1, h2, m2] = SPAN.exec(text) ?? [];
  if (h1 === undefined || Number(m1) > 59 || Number(m2) > 59) return undefined;
  const from = Number(h1) * 60 + Number(m1);
  const end = Number(h2) * 60 + Number(m2);
  const to = end <= from ? end + DAY_MIN : end;
  return from < DAY_MIN && to <= 2 * DAY_MIN && to - from <= DAY_MIN ? { from, to } : undefined;
}

/** The days that a key of `week` names: `mon`, `mon-fri`, `fri-mon`, `sat,sun`, `holiday`; undefined for what is none. */
export function parseDays(key: string): WeekDays | undefined {
  const weekdays = new Set<number>();
  let isHoliday = false;
  for (const part of key.split(",").map((one) => one.trim().toLowerCase())) {
    if (part === "holiday") {
      isHoliday = true;
      continue;
    }
    const [first = "", last = first, ...rest] = part.split("-");
    const [from, to] = [indexOf(first), indexOf(last)];
    if (from < 0 || to < 0 || rest.length > 0) return undefined;
    for (let day = from; ; day = (day + 1) % 7) {
      weekdays.add(day);
      if (day === to) break;
    }
  }
  return { weekdays, isHoliday };
}

const indexOf = (name: string) => WEEKDAYS.indexOf(name);

/** `10:00-21:00, 22:00-26:00`; `closed` for none. */
export function hoursText(spans: readonly OpenSpan[]): string {
  return spans.length === 0 ? "closed" : spans.map(({ from, to }) => `${clock(from)}-${clock(to)}`).join(", ");
}

const clock = (minute: number) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
const two = (number: number) => String(number).padStart(2, "0");
