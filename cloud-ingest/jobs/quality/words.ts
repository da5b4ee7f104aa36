import type { DateRange } from "../../calendar.ts";
import { VERDICT, type Verdicts } from "../../quality/verdicts.ts";
import type { DerivedRow } from "../../warehouse/derived-port.ts";
import { type StorePanel, type StoreSeries, slotOf } from "./store-panel.ts";

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
