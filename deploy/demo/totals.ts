import { addDays } from "../../cloud-ingest/calendar.ts";
import type { StoreInfo, TrafficStore } from "../../cloud-ingest/warehouse/port.ts";

/** What the warehouse holds of each line and zone. */
export interface Totals {
  readonly lines: readonly { readonly id: string; readonly in: number; readonly out: number }[];
  readonly zones: readonly {
    readonly id: string;
    readonly visits: number;
    readonly stops: number;
    readonly dwellS: number;
  }[];
}

const DAYS = 2;

/** Sums of the last days of all stores, as they stand in the warehouse. */
export async function totalsOf(warehouse: TrafficStore, stores: readonly StoreInfo[]): Promise<Totals> {
  const today = new Date().toISOString().slice(0, 10);
  const range = { from: addDays(today, -DAYS), to: addDays(today, DAYS) };
  const lines = new Map<string, { id: string; in: number; out: number }>();
  const zones = new Map<string, { id: string; visits: number; stops: number; dwellS: number }>();
  for (const store of stores) {
    for (const row of await warehouse.traffic(store, range, "window")) {
      const id = row.targetId;
      const line = lines.get(id) ?? { id, in: 0, out: 0 };
      const zone = zones.get(id) ?? { id, visits: 0, stops: 0, dwellS: 0 };
      if (row.targetKind === "line") lines.set(id, { id, in: line.in + row.in, out: line.out + row.out });
      else
        zones.set(id, {
          id,
          visits: zone.visits + row.visits,
          stops: zone.stops + row.stops,
          dwellS: zone.dwellS + row.dwellS,
        });
    }
  }
  return { lines: [...lines.values()], zones: [...zones.values()] };
}
