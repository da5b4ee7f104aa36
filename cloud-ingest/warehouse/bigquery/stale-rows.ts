import type { DataRow } from "../port.ts";
import { QUARTER_MS } from "../quarters.ts";
import type { BatchPlace } from "./presence-rows.ts";

/** The quarters of an hour that have new counts, once each. */
export function staleRows(rows: readonly DataRow[], place: BatchPlace): readonly object[] {
  const marks = new Map<string, object>();
  for (const { identity, message } of rows) {
    if (message.kind !== "counts") continue;
    const { tenant, store } = identity;
    const startMs = Date.parse(message.windowStart);
    const quarter = new Date(Math.floor(startMs / QUARTER_MS) * QUARTER_MS).toISOString();
    marks.set(`${tenant}/${store}/${quarter}`, { tenant, store, quarter, ...place });
  }
  return [...marks.values()];
}
