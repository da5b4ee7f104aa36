import { addDays } from "../../calendar.ts";
import { nearestCluster } from "../../forecast/nearest-cluster.ts";
import { YOUNG_DAYS } from "../../forecast/newcomers.ts";
import type { Family } from "../../forecast/port.ts";
import type { DerivedRow, DerivedStore } from "../../warehouse/derived-port.ts";
import type { StoreInfo } from "../../warehouse/port.ts";
import type { GroupHistory } from "./groups.ts";

/** A run of the job cluster a week, and some that failed. */
const CLUSTER_DAYS = 35;
const HOURS = 24;

/** Whether hours are of so few dates that they borrow. */
export const isYoung = (values: Float64Array): boolean => {
  const known = values.filter(Number.isFinite).length;
  return known > 0 && known < YOUNG_DAYS * HOURS;
};

/** By place, whether it is a store or a door, and its cluster: that of the last run, and for one that is too new to be in it the one whose hours are most like its own. */
export async function familiesOf(
  warehouse: Pick<DerivedStore, "derived">,
  { places, history }: Pick<GroupHistory, "places" | "history">,
  { stores, last }: { readonly stores: readonly StoreInfo[]; readonly last: string },
): Promise<readonly Family[]> {
  const range = { from: addDays(last, -CLUSTER_DAYS), to: last };
  const clusters = new Map<string, { readonly date: string; readonly cluster: number }>();
  for (const store of stores)
    for (const row of await warehouse.derived("cluster", store, range)) {
      if (row.level === "zone") continue;
      const key = keyOf(row);
      const date = String(row.businessDate);
      if (date >= (clusters.get(key)?.date ?? "")) clusters.set(key, { date, cluster: Number(row.cluster) });
    }
  const families = places.map(({ place, name }): Family => {
    const cluster = clusters.get(name)?.cluster;
    return { level: place === "" ? "store" : "door", ...(cluster !== undefined && { cluster }) };
  });
  return families.map((family, series) => {
    if (family.cluster !== undefined) return family;
    const nearest = nearestCluster(history, families, series);
    return nearest === undefined ? family : { ...family, cluster: nearest };
  });
}

/** As series of a group are named. */
const keyOf = ({ store, place }: DerivedRow) => `${store}/${place}`;
