import { addDays, type DateRange } from "../../calendar.ts";
import { VERDICT, type Verdicts } from "../../quality/verdicts.ts";
import type { DerivedRow, DerivedStore } from "../../warehouse/derived-port.ts";
import type { StoreInfo } from "../../warehouse/port.ts";
import type { RowStore, StoredRow } from "../../warehouse/row-port.ts";
import { type StorePanel, type StoreSeries, slotOf } from "./store-panel.ts";

/** What people said of a store's counts from dates of the range on: by rows, and as versions before those wrote it. */
export async function wordsOf(
  warehouse: Pick<DerivedStore, "derived"> & Pick<RowStore, "sourceRows">,
  store: StoreInfo,
  range: DateRange,
): Promise<readonly DerivedRow[]> {
  const rows = await warehouse.sourceRows("overrule", range, store);
  return [...(await warehouse.derived("quality_word", store, range)), ...rows.map(wordOf)];
}

/** An empty field means all lines, zones and numbers of the device. */
function wordOf({ tenant, store, date, by, receivedAt, columns }: StoredRow): DerivedRow {
  const { device = "", to = date, verdict = "", note = "" } = columns;
  return {
    ...{ tenant, store, businessDate: date, deviceId: device, cameraId: "", targetKind: "", targetId: "", measure: "" },
    ...{ localFrom: `${date}T00:00:00`, localTo: `${addDays(String(to), 1)}T00:00:00` },
    ...{ verdict, saidBy: by, saidAt: receivedAt, note },
  };
}

/** What people said, by series and slot; the latest word on a slot wins. */
export function verdictsOf(words: readonly DerivedRow[], { series, panel }: StorePanel, read: DateRange): Verdicts {
  const inTime = [...words].sort((a, b) => (String(a.saidAt) < String(b.saidAt) ? -1 : 1));
  return series.map((one, index) => {
    const own = inTime.filter((word) => isAbout(word, one));
    if (own.length === 0) return undefined;
    const said = new Int8Array(panel.values[index]?.length ?? 0);
    for (const { verdict, localFrom, localTo } of own) {
      const [from, to] = [slotOf(read, String(localFrom)), slotOf(read, String(localTo))];
      if (to > 0) said.fill(verdict === "confirm" ? VERDICT.confirm : VERDICT.overrule, Math.max(0, from), to);
    }
    return said;
  });
}

/** An empty field means all. */
function isAbout(word: DerivedRow, series: StoreSeries): boolean {
  const keys = ["deviceId", "cameraId", "targetKind", "targetId", "measure"] as const;
  return keys.every((key) => word[key] === "" || word[key] === series[key]);
}
