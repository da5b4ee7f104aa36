import { addDays, type DateRange, daysIn, FIRST_DATE, isDate, LAST_DATE, MOST_DAYS } from "../calendar.ts";
import type { TrafficSpan } from "../warehouse/port.ts";

const SPANS = ["hour", "day", "window"] as const satisfies readonly TrafficSpan[];

const VALUES = ["clean", "raw"] as const;
/** Counts with what the quality job repaired, or as they came. */
export type Values = (typeof VALUES)[number];

export type Query = Readonly<Record<string, unknown>>;

const NO_DATES = `from and to must be dates written YYYY-MM-DD, from ${FIRST_DATE} to ${LAST_DATE}.`;

/** A query that cannot be answered; `message` is for the reader. */
export interface BadQuery {
  readonly message: string;
}

/** `from` and `to` of a query: both, or neither for the default. */
export function rangeOf({ from, to }: Query): DateRange | BadQuery | undefined {
  if (from === undefined && to === undefined) return undefined;
  if (typeof from !== "string" || typeof to !== "string") return { message: "Give both from and to, once each." };
  if (!isDate(from) || !isDate(to)) return { message: NO_DATES };
  if (from > to) return { message: "from must not be after to." };
  return daysIn({ from, to }) > MOST_DAYS ? tooLong({ from, to }) : { from, to };
}

/** `span` of a query, `hour` when there is none. */
export function spanOf({ span = "hour" }: Query): TrafficSpan | BadQuery {
  return SPANS.find((known) => known === span) ?? { message: `span must be one of ${SPANS.join(", ")}.` };
}

/** `values` of a query: `clean` when there is none, or `raw`. */
export function valuesOf({ values = "clean" }: Query): Values | BadQuery {
  return VALUES.find((known) => known === values) ?? { message: `values must be one of ${VALUES.join(", ")}.` };
}

function tooLong({ from }: DateRange): BadQuery {
  const to = addDays(from, MOST_DAYS - 1);
  const next = addDays(to, 1);
  return { message: `At most ${MOST_DAYS} days at once: ask from ${from} to ${to}, and from ${next} on apart.` };
}
