import { listValue } from "@duckdb/node-api";
import { zoneOf } from "../../zone/rules.ts";
import type { OffsetSpan } from "../../zone/zone.ts";
import type { StoreInfo } from "../port.ts";
import { QUARTER_MS } from "../quarters.ts";
import { allRows, coldFiles, fileParameters } from "./cold-list.ts";
import { around } from "./dates.ts";
import { spansParameter, zoneSpans } from "./local-time.ts";
import type { Session } from "./session.ts";
import { ROLLED, SUMS_PARAMETERS, sumsParameters, sumsSql } from "./sums.ts";

/** Replaces the roll-ups of these business dates of a store by what the counts say now. Returns rows written. */
export async function rollUpDates(
  session: Session,
  { dir, store, dates }: { readonly dir: string; readonly store: StoreInfo; readonly dates: readonly string[] },
): Promise<number> {
  const files = await coldFiles(session, "counts", around(dates));
  const key = [store.tenant, store.store];
  let written = 0;
  for (const unit of ["hour", "day"] as const) {
    await session.run(
      `DELETE FROM ${ROLLED[unit]} WHERE tenant = $1 AND store = $2 AND business_date IN (SELECT unnest($3)::DATE)`,
      [...key, listValue([...dates])],
    );
    const sql = `INSERT INTO ${ROLLED[unit]} BY NAME ${sumsSql(unit, allRows("counts", files, SUMS_PARAMETERS + 1))}`;
    written += await session.run(sql, [...sumsParameters(store, dates, unit), ...fileParameters(dir, files)]);
  }
  await clearStale(session, key, zoneOf(store.timeZone).spansOf(dates));
  return written;
}

/** A quarter that reaches into another date as well waits for that one. */
async function clearStale(session: Session, key: readonly string[], spans: readonly OffsetSpan[]): Promise<void> {
  await session.run(
    `DELETE FROM stale_quarter WHERE tenant = $1 AND store = $2 AND EXISTS (
       SELECT 1 FROM ${zoneSpans(3)} WHERE quarter >= from_utc AND quarter + INTERVAL ${QUARTER_MS} MILLISECOND <= until_utc)`,
    [...key, spansParameter(joined(spans))],
  );
}

/** Spans that follow each other without a gap as one, whatever the clock shows. */
function joined(spans: readonly OffsetSpan[]): readonly OffsetSpan[] {
  const whole: OffsetSpan[] = [];
  for (const span of spans) {
    const last = whole.at(-1);
    if (last?.untilMs === span.fromMs) whole[whole.length - 1] = { ...last, untilMs: span.untilMs };
    else whole.push(span);
  }
  return whole;
}
