import { type DateRange, daysIn, isDate } from "../calendar.ts";

const MAX_DAYS = 3700;
const SPANS = ["hour", "day", "window"] as const;

export type Span = (typeof SPANS)[number];
export type Query = Readonly<Record<string, unknown>>;

/** A query that cannot be answered; `message` is for the reader. */
export interface BadQuery {
  readonly message: string;
}

/** `from` and `to` of a query: both, or neither for the default. */
export function rangeOf({ from, to }: Query): DateRange | BadQuery | undefined {
  if (from === undefined && to === undefined) return undefined;
  if (typeof from !== "string" || typeof to !== "string") return { message: "Give both from and to, once each." };
  if (!isDate(from) || !isDate(to)) return { message: "from and to must be dates written YYYY-MM-DD." };
  if (from > to) return { message: "from must not be after to." };
  return daysIn({ from, to }) > MAX_DAYS ? { message: `At most ${MAX_DAYS} days at once.` } : { from, to };
}

/** `span` of a query, `hour` when there is none. */
export function spanOf({ span = "hour" }: Query): Span | BadQuery {
  return SPANS.find((known) => known === span) ?? { message: `span must be one of ${SPANS.join(", ")}.` };
}
