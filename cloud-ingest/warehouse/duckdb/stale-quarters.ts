import { zoneOf } from "../../zone/rules.ts";
import type { DataRow, StoreInfo } from "../port.ts";
import { QUARTER_MS } from "../quarters.ts";
import { findingOfUnlisted } from "./cold-check.ts";
import { type ColdFile, filesOnDisk } from "./cold-files.ts";
import { coldRows, fileParameters } from "./cold-list.ts";
import { isInSpan, local, spansParameter, zoneSpans } from "./local-time.ts";
import { numberOf, textOf } from "./row.ts";
import type { Session } from "./session.ts";

/** Some hours around the years 1 and 9999 are of a local date that no text of ours can name: nobody can ask for it. */
const WRITABLE = /^\d{4}-\d{2}-\d{2}$/;

/** The business dates that the quarters noted for a store reach into, ascending. */
export async function staleDates(session: Session, { tenant, store, timeZone }: StoreInfo): Promise<readonly string[]> {
  const zone = zoneOf(timeZone);
  const [ends] = await session.rows(
    `SELECT epoch_ms(min(quarter)) AS first, epoch_ms(max(quarter)) AS last FROM stale_quarter
     WHERE tenant = $1 AND store = $2`,
    [tenant, store],
  );
  if (!ends || ends.first === null) return [];
  const spans = zone.spans({ fromMs: numberOf(ends, "first"), untilMs: numberOf(ends, "last") + QUARTER_MS });
  const rows = await session.rows(
    `SELECT DISTINCT ${local("instant")}::DATE AS date
     FROM (SELECT unnest([quarter, quarter + INTERVAL ${QUARTER_MS - 1} MILLISECOND]) AS instant
       FROM stale_quarter WHERE tenant = $1 AND store = $2)
     JOIN ${zoneSpans(3)} ON ${isInSpan("instant")} ORDER BY date`,
    [tenant, store, spansParameter(spans)],
  );
  return rows.map((row) => textOf(row, "date")).filter((date) => WRITABLE.test(date));
}

/** Notes which quarters of an hour have new counts, until a roll-up has seen them. */
export async function markStale(session: Session, rows: readonly DataRow[]): Promise<void> {
  const marks = new Map<string, object>();
  for (const { identity, message } of rows) {
    if (message.kind !== "counts") continue;
    const { tenant, store } = identity;
    const startMs = Date.parse(message.windowStart);
    const quarter = new Date(startMs - (((startMs % QUARTER_MS) + QUARTER_MS) % QUARTER_MS)).toISOString();
    marks.set(JSON.stringify([tenant, store, quarter]), { tenant, store, quarter });
  }
  if (marks.size === 0) return;
  await session.run(
    `INSERT INTO stale_quarter
     SELECT r.tenant, r.store, r.quarter
     FROM (SELECT unnest(from_json($1, '[{"tenant":"VARCHAR","store":"VARCHAR","quarter":"TIMESTAMP"}]')) AS r)
     EXCEPT SELECT tenant, store, quarter FROM stale_quarter`,
    [JSON.stringify([...marks.values()])],
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
