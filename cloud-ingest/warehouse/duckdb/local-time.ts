import { LAST_MS } from "../../calendar.ts";
import type { OffsetSpan } from "../../zone/zone.ts";

const SPAN = JSON.stringify([{ from_utc: "TIMESTAMP", until_utc: "TIMESTAMP", offset_s: "BIGINT" }]);

/**
 * SQL for a table of the spans bound as JSON to `$number`. Rows joined to the span of their instant get its `local` time,
 * and rows of other instants fall away: DuckDB's own time zones, which another release of its may change, are not asked.
 */
export const zoneSpans = (number: number) =>
  `(SELECT s.from_utc, s.until_utc, s.offset_s FROM (SELECT unnest(from_json_strict($${number}, '${SPAN}')) AS s))`;

/** The condition of such a join. */
export const isInSpan = (utc: string) => `${utc} >= from_utc AND ${utc} < until_utc`;

/** SQL for the local time of a UTC timestamp in its span. */
export const local = (utc: string) => `(${utc} + to_seconds(offset_s))`;

/** The parameter for `zoneSpans`. */
export function spansParameter(spans: readonly OffsetSpan[]): string {
  return JSON.stringify(
    spans.map(({ fromMs, untilMs, offsetS }) => ({
      from_utc: utc(fromMs),
      until_utc: utc(untilMs),
      offset_s: offsetS,
    })),
  );
}

/** DuckDB does not read the years that JavaScript writes with a sign. */
const utc = (epochMs: number) => new Date(Math.min(epochMs, LAST_MS)).toISOString();
