import { LAST_MS } from "../../calendar.ts";
import { joinedSpans } from "../../zone/joined-spans.ts";
import { zoneOf } from "../../zone/rules.ts";
import type { OffsetSpan } from "../../zone/zone.ts";
import type { StoreDates, StoreInfo } from "../port.ts";
import type { ParameterTypes } from "./big-query-client.ts";

/** A stretch of time in which a store's clock does not jump. */
export interface StoreSpan {
  readonly tenant: string;
  readonly store: string;
  /** Instants, milliseconds since 1970. */
  readonly from_ms: number;
  readonly until_ms: number;
  readonly offset_s: number;
}

export const SPAN_TYPES: ParameterTypes = {
  spans: [{ tenant: "STRING", store: "STRING", from_ms: "INT64", until_ms: "INT64", offset_s: "INT64" }],
};

/** All instants of the stores' business dates. BigQuery's own time zones, which change when Google says so, are not asked. */
export function spansOf(work: readonly StoreDates[]): readonly StoreSpan[] {
  return work.flatMap(({ store: { timeZone, ...store }, dates }) => storeSpans(store, zoneOf(timeZone).spansOf(dates)));
}

/** The same with as few spans as there are stretches without a gap: their offsets mean nothing. */
export function wholeSpansOf(work: readonly StoreDates[]): readonly StoreSpan[] {
  return work.flatMap(({ store: { timeZone, ...store }, dates }) =>
    storeSpans(store, joinedSpans(zoneOf(timeZone).spansOf(dates))),
  );
}

const storeSpans = ({ tenant, store }: Omit<StoreInfo, "timeZone">, spans: readonly OffsetSpan[]) =>
  spans.map((span) => ({ tenant, store, ...utcOf(span) }));

function utcOf({ fromMs, untilMs, offsetS }: OffsetSpan) {
  return { from_ms: fromMs, until_ms: Math.min(untilMs, LAST_MS), offset_s: offsetS };
}

/**
 * SQL for windows with the local time of their store, as `timed`: those of the spans bound as `@spans`, in the UTC dates of the
 * condition. Other windows fall away.
 */
export const timed = (condition: string) => `timed AS (
  SELECT c.*, DATETIME(TIMESTAMP_ADD(c.window_start, INTERVAL s.offset_s SECOND)) AS local_time
  FROM v_counts AS c JOIN UNNEST(@spans) AS s
    ON c.tenant = s.tenant AND c.store = s.store AND UNIX_MILLIS(c.window_start) >= s.from_ms AND UNIX_MILLIS(c.window_start) < s.until_ms
  WHERE ${condition})`;
