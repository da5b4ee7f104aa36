import { storeKey } from "../../../firmware-config/contract/topics.ts";
import { groupBy } from "../../group-by.ts";
import { zoneOf } from "../../zone/rules.ts";
import type { DataRow, StoreDates, StoreInfo } from "../port.ts";
import { QUARTER_MS, quarterOf } from "../quarters.ts";
import { numberOf, type Row, textOf } from "../row.ts";
import { findingOfUnlisted } from "./cold-check.ts";
import { type ColdFile, filesOnDisk } from "./cold-files.ts";
import { coldRows, fileParameters } from "./cold-list.ts";
import { isOfStore, local, type StoreSpans, storeSpans, storeSpansParameter } from "./local-time.ts";
import { isOneOf, storesParameter } from "./one-of.ts";
import type { Session } from "./session.ts";

/** Some hours around the years 1 and 9999 are of a local date that no text of ours can name: nobody can ask for it. */
const WRITABLE = /^\d{4}-\d{2}-\d{2}$/;

/** Marks kept in memory, some 10 MB. */
const MARKS_KNOWN = 50_000;

/** SQL for the first instant after a quarter. */
const END = `(quarter + INTERVAL ${QUARTER_MS} MILLISECOND)`;

/** The business dates that the quarters noted for a store reach into, ascending. */
export async function staleDates(session: Session, store: StoreInfo): Promise<readonly string[]> {
  return (await staleWork(session, [store])).flatMap(({ dates }) => dates);
}

/** The same for many stores at once, of those that have any. Throws `AppError` for a time zone that does not exist. */
export async function staleWork(session: Session, stores: readonly StoreInfo[]): Promise<readonly StoreDates[]> {
  const spans = await spansWithMarks(session, stores);
  if (spans.length === 0) return [];
  const rows = await session.rows(
    `SELECT DISTINCT tenant, store, unnest([first, last]) AS date FROM (
       SELECT DISTINCT tenant, store, ${local("greatest(quarter, from_utc)")}::DATE AS first,
         ${local(`least(${END}, until_utc) - INTERVAL 1 MILLISECOND`)}::DATE AS last
       FROM stale_quarter JOIN ${storeSpans(1)} ON ${isOfStore} AND quarter < until_utc AND ${END} > from_utc)
     ORDER BY date`,
    [storeSpansParameter(spans)],
  );
  const named = rows.map((row) => ({ key: keyOf(row), date: textOf(row, "date") }));
  const byStore = groupBy(
    named.filter(({ date }) => WRITABLE.test(date)),
    ({ key }) => key,
  );
  return spans.flatMap(({ store }) => {
    const dates = (byStore.get(storeKey(store)) ?? []).map(({ date }) => date);
    return dates.length === 0 ? [] : [{ store, dates }];
  });
}

/** The stores with quarters noted, and the spans of their zones from the first to the last of these. */
async function spansWithMarks(session: Session, stores: readonly StoreInfo[]): Promise<readonly StoreSpans[]> {
  const zones = stores.map((store) => ({ store, zone: zoneOf(store.timeZone) }));
  const rows = await session.rows(
    `SELECT tenant, store, epoch_ms(min(quarter)) AS first, epoch_ms(max(quarter)) AS last FROM stale_quarter
     WHERE ${isOneOf(1)} GROUP BY ALL`,
    [storesParameter(stores)],
  );
  const marks = new Map(rows.map((row) => [keyOf(row), row]));
  return zones.flatMap(({ store, zone }) => {
    const row = marks.get(storeKey(store));
    if (!row) return [];
    const ends = { fromMs: numberOf(row, "first"), untilMs: numberOf(row, "last") + QUARTER_MS };
    return [{ store, spans: zone.spans(ends) }];
  });
}

const keyOf = (row: Row) => storeKey({ tenant: textOf(row, "tenant"), store: textOf(row, "store") });

/** Notes which quarters of an hour have new counts, until a roll-up has seen them. */
export class StaleMarks {
  /** Those that stand in the table, of the batches that came last. */
  readonly #known = new Set<string>();

  /** Notes those of the rows. */
  async mark(session: Session, rows: readonly DataRow[]): Promise<void> {
    if (this.#known.size > MARKS_KNOWN) this.clear();
    const quarters = new Map<string, string>();
    const marks = new Map<string, { readonly tenant: string; readonly store: string; readonly quarter: string }>();
    for (const { identity, message } of rows) {
      if (message.kind !== "counts") continue;
      const { tenant, store } = identity;
      const quarter = quarters.get(message.windowStart) ?? quarterOf(message.windowStart);
      quarters.set(message.windowStart, quarter);
      const key = `${quarter} ${storeKey(identity)}`;
      if (!this.#known.has(key)) marks.set(key, { tenant, store, quarter });
    }
    await note(session, [...marks.values()]);
    for (const key of marks.keys()) this.#known.add(key);
  }

  /** Forgets what the table holds, which somebody else may have changed. */
  clear(): void {
    this.#known.clear();
  }
}

async function note(session: Session, marks: readonly { readonly quarter: string }[]): Promise<void> {
  if (marks.length === 0) return;
  const quarters = marks.map(({ quarter }) => quarter).sort();
  await session.run(
    `INSERT INTO stale_quarter
     SELECT unnest(from_json($1, '[{"tenant":"VARCHAR","store":"VARCHAR","quarter":"TIMESTAMP"}]'), max_depth := 2)
     EXCEPT SELECT tenant, store, quarter FROM stale_quarter WHERE quarter BETWEEN $2::TIMESTAMP AND $3::TIMESTAMP`,
    [JSON.stringify(marks), quarters[0] ?? "", quarters.at(-1) ?? ""],
  );
}

/** Notes every quarter of an hour that has counts, hot or in a Parquet file: the tables that roll-ups write may have holes. */
export async function markAllStale(session: Session, dir: string): Promise<void> {
  await session.run(markSql("SELECT * FROM counts"));
  for (const file of await filesOnDisk(dir, "counts")) {
    // A damaged file has no rows to compute from, and must not stop this; whoever reads it next says so.
    const found = await findingOfUnlisted(dir, file);
    if ("print" in found) await markFileStale(session, dir, file);
  }
}

/** Notes every quarter of an hour that a file of counts has rows of: roll-ups were made without it, or held back. */
export async function markFileStale(session: Session, dir: string, file: ColdFile): Promise<void> {
  if (file.table === "counts") await session.run(markSql(coldRows(1)), fileParameters(dir, [file]));
}

/** Notes every quarter of an hour of the rows that `source` gives, SQL with the columns of counts. */
export async function markRowsStale(session: Session, source: string, parameters: Parameters<Session["run"]>[1]) {
  await session.run(markSql(source), parameters);
}

const markSql = (source: string) =>
  `INSERT INTO stale_quarter SELECT DISTINCT tenant, store, time_bucket(INTERVAL 15 MINUTES, window_start) FROM (${source})
   EXCEPT SELECT tenant, store, quarter FROM stale_quarter`;
