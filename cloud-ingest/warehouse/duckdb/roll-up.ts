import { joinedSpans } from "../../zone/joined-spans.ts";
import { zoneOf } from "../../zone/rules.ts";
import { around } from "../dates.ts";
import type { StoreDates } from "../port.ts";
import { QUARTER_MS } from "../quarters.ts";
import { ROLLED } from "../rolled.ts";
import { numberOf } from "../row.ts";
import { allRows, coldFiles, fileParameters } from "./cold-list.ts";
import { isOfStore, storeSpans, storeSpansParameter } from "./local-time.ts";
import { isOneOf, storesParameter } from "./one-of.ts";
import type { Session } from "./session.ts";
import { daysSql, hoursSql, onlyHours, SUMS_PARAMETERS, sumsParameters } from "./sums.ts";

/** Where the counts are, and what is to be done with them. */
export interface RollUpWork {
  readonly dir: string;
  readonly work: readonly StoreDates[];
}

/** SQL for the days of stores that are bound as JSON to `$1`. */
const DAYS = `SELECT unnest(from_json_strict($1, '${JSON.stringify([{ of_tenant: "VARCHAR", of_store: "VARCHAR", of_date: "DATE" }])}'),
  max_depth := 2)`;

/** The hours of the work under way, so that the days are added up from them. */
const HOURS = "rolled_hours";

/** Replaces the roll-ups of these business dates of stores by what the counts say now. Returns rows written. */
export async function rollUpDates(session: Session, { dir, work }: RollUpWork): Promise<number> {
  const files = await coldFiles(session, "counts", datesNear(work));
  await clear(session, work);
  const hours = hoursSql(allRows("counts", files, SUMS_PARAMETERS + 1), 1);
  await session.run(`CREATE TEMP TABLE ${HOURS} AS FROM ${hours}`, [
    ...sumsParameters(work),
    ...fileParameters(dir, files),
  ]);
  // Rows of a store that lie together are found without looking at the others.
  const written = [
    await session.run(`INSERT INTO ${ROLLED.hour} BY NAME ${onlyHours(HOURS)} ORDER BY tenant, store, local_start`),
    await session.run(`INSERT INTO ${ROLLED.day} BY NAME ${daysSql(HOURS)} ORDER BY tenant, store, local_start`),
  ];
  await session.run(`DROP TABLE ${HOURS}`);
  await clearStale(session, work);
  return written.reduce((sum, rows) => sum + rows, 0);
}

/** How many counts there are of the work, or a few more: those of dates in between count too. */
export async function countsIn(session: Session, { dir, work }: RollUpWork): Promise<number> {
  const near = datesNear(work);
  const files = await coldFiles(session, "counts", near);
  const stores = storesParameter(work.map(({ store }) => store));
  const [row = {}] = await session.rows(
    `SELECT count(*) AS n FROM (${allRows("counts", files, 4)}) AS counts
     WHERE date BETWEEN $2::DATE AND $3::DATE AND ${isOneOf(1)}`,
    [stores, near[0] ?? "", near.at(-1) ?? "", ...fileParameters(dir, files)],
  );
  return numberOf(row, "n");
}

const datesNear = (work: readonly StoreDates[]) => around(work.flatMap(({ dates }) => dates));

async function clear(session: Session, work: readonly StoreDates[]): Promise<void> {
  const dates = work.flatMap((one) => one.dates).sort();
  const days = work.flatMap(({ store, dates }) =>
    dates.map((of_date) => ({ of_tenant: store.tenant, of_store: store.store, of_date })),
  );
  for (const table of Object.values(ROLLED)) {
    await session.run(
      `DELETE FROM ${table} USING (${DAYS}) WHERE ${isOfStore} AND business_date = of_date
         AND business_date BETWEEN $2::DATE AND $3::DATE`,
      [JSON.stringify(days), dates[0] ?? "", dates.at(-1) ?? ""],
    );
  }
}

/** A quarter that reaches into another date as well waits for that one. */
async function clearStale(session: Session, work: readonly StoreDates[]): Promise<void> {
  const spans = work.map(({ store, dates }) => ({ store, spans: joinedSpans(zoneOf(store.timeZone).spansOf(dates)) }));
  await session.run(
    `DELETE FROM stale_quarter USING ${storeSpans(1)} WHERE ${isOfStore}
       AND quarter >= from_utc AND quarter + INTERVAL ${QUARTER_MS} MILLISECOND <= until_utc`,
    [storeSpansParameter(spans)],
  );
}
