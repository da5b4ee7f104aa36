import { LAST_MS } from "../../calendar.ts";
import type { OffsetSpan } from "../../zone/zone.ts";
import type { StoreInfo } from "../port.ts";

const SPAN = { from_utc: "TIMESTAMP", until_utc: "TIMESTAMP", offset_s: "BIGINT" };
const STORE_SPAN = { ...SPAN, of_tenant: "VARCHAR", of_store: "VARCHAR", zone: "VARCHAR" };

/** SQL for a table that is bound as JSON to `$number`. */
const bound = (number: number, shape: Readonly<Record<string, string>>) =>
  `(SELECT unnest(from_json_strict($${number}, '${JSON.stringify([shape])}'), max_depth := 2))`;

/**
 * SQL for a table of the spans bound as JSON to `$number`. Rows joined to the span of their instant get its `local` time,
 * and rows of other instants fall away: DuckDB's own time zones, which another release of its may change, are not asked.
 */
export const zoneSpans = (number: number) => bound(number, SPAN);

/** The same for the spans of many stores at once; each also tells the name of its `zone`. */
export const storeSpans = (number: number) => bound(number, STORE_SPAN);

/** The condition of such a join. */
export const isInSpan = (utc: string) => `${utc} >= from_utc AND ${utc} < until_utc`;

/** The condition of a join with the spans of many stores, together with that of time. */
export const isOfStore = "tenant = of_tenant AND store = of_store";

/** SQL for the local time of a UTC timestamp in its span. */
export const local = (utc: string) => `(${utc} + to_seconds(offset_s))`;

/** The parameter for `zoneSpans`. */
export function spansParameter(spans: readonly OffsetSpan[]): string {
  return JSON.stringify(spans.map(spanJson));
}

/** The spans of a store. */
export interface StoreSpans {
  readonly store: StoreInfo;
  readonly spans: readonly OffsetSpan[];
}

/** The parameter for `storeSpans`. */
export function storeSpansParameter(stores: readonly StoreSpans[]): string {
  return JSON.stringify(
    stores.flatMap(({ store, spans }) => {
      const whose = { of_tenant: store.tenant, of_store: store.store, zone: store.timeZone };
      return spans.map((span) => ({ ...spanJson(span), ...whose }));
    }),
  );
}

const spanJson = ({ fromMs, untilMs, offsetS }: OffsetSpan) => ({
  from_utc: utc(fromMs),
  until_utc: utc(untilMs),
  offset_s: offsetS,
});

/** DuckDB does not read the years that JavaScript writes with a sign. */
const utc = (epochMs: number) => new Date(Math.min(epochMs, LAST_MS)).toISOString();
