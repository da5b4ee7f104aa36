import type { DataRow } from "../port.ts";
import type { Session } from "./session.ts";

const QUARTER_MS = 15 * 60 * 1000;

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
