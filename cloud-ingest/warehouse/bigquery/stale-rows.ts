import type { DataRow } from "../port.ts";
import { quarterOf } from "../quarters.ts";
import type { BatchPlace } from "./presence-rows.ts";

/** The quarters of an hour that have new counts, once each. */
export function staleRows(rows: readonly DataRow[], place: BatchPlace): readonly object[] {
  const marks = new Map<string, object>();
  for (const { identity, message } of rows) {
    if (message.kind !== "counts") continue;
    const { tenant, store } = identity;
    const quarter = quarterOf(message.windowStart);
    marks.set(`${tenant}/${store}/${quarter}`, { tenant, store, quarter, ...place });
  }
  return [...marks.values()];
}
