import { listValue } from "@duckdb/node-api";
import { daysOfWork } from "../derived-rows.ts";
import { byStore, rangeOfWork } from "../many-stores.ts";
import type { StoreDates, StoreTraffic } from "../port.ts";
import { ROLLED, type Unit } from "../rolled.ts";
import type { ColdFile } from "./cold-files.ts";
import { allRows, fileParameters } from "./cold-list.ts";
import type { Session } from "./session.ts";
import { daysSql, hoursSql, onlyHours, SUMS_PARAMETERS, sumsParameters } from "./sums.ts";

interface ManyQuestion {
  readonly dir: string;
  readonly span: Unit;
  readonly work: readonly StoreDates[];
  /** Dates of the work whose counts the roll-up has not seen all; added up here and now. */
  readonly unsettled: readonly StoreDates[];
  /** The good files that may hold counts of these. */
  readonly files: readonly ColdFile[];
}

const RESULT = `SELECT * EXCLUDE (business_date, local_start), strftime(business_date, '%Y-%m-%d') AS business_date,
    strftime(local_start, '%Y-%m-%dT%H:%M:%S') AS local_text
  FROM traffic ORDER BY tenant, store, local_text, device_id, camera_id, target_kind, target_id`;

/** Hours or days of many stores in one statement: of settled dates as the roll-up wrote them, of the others as it would write them now. */
export async function trafficOfStores(session: Session, question: ManyQuestion): Promise<readonly StoreTraffic[]> {
  const { dir, span, work, unsettled, files } = question;
  const open = new Set(daysOfWork(unsettled));
  const { from, to } = rangeOfWork(work);
  const settled = [from, to, listValue(daysOfWork(work).filter((day) => !open.has(day)))];
  const stored = `SELECT * FROM ${ROLLED[span]} WHERE business_date BETWEEN $1::DATE AND $2::DATE
    AND concat(tenant, '/', store, '/', business_date) IN (SELECT unnest($3::VARCHAR[]))`;
  const stores = work.map(({ store }) => store);
  if (unsettled.length === 0)
    return byStore(stores, await session.rows(`WITH traffic AS (${stored}) ${RESULT}`, settled));
  const hours = hoursSql(allRows("counts", files, 4 + SUMS_PARAMETERS), 4);
  const sums = span === "hour" ? onlyHours(hours) : daysSql(hours);
  const sql = `WITH traffic AS (${stored} UNION ALL BY NAME SELECT * FROM (${sums})) ${RESULT}`;
  return byStore(
    stores,
    await session.rows(sql, [...settled, ...sumsParameters(unsettled), ...fileParameters(dir, files)]),
  );
}
