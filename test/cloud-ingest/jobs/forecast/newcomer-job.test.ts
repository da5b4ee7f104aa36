import { expect, test } from "vitest";
import { addDays } from "../../../../cloud-ingest/calendar.ts";
import { newText } from "../../../../cloud-ingest/dashboards/text/forecast-text.ts";
import { LANGUAGES } from "../../../../cloud-ingest/dashboards/text/language.ts";
import { forecastJob } from "../../../../cloud-ingest/jobs/forecast/forecast-job.ts";
import { placesOf } from "../../../../cloud-ingest/report/forecast/forecast-view.ts";
import { runJob } from "../../../support/run-job.ts";
import { tokyoStore } from "../../../support/sample-traffic.ts";
import { shopRows } from "../quality/shop.ts";
import { DOORS, FROM, forecastRig } from "./forecast-rig.ts";

const STORES = ["a", "b", "c", "new"].map((store) => ({ ...tokyoStore, store }));

test("a store of five days is foretold by the weekdays of its cluster, and row, page and command say so", async () => {
  const { warehouse, parts, today } = await forecastRig({ stores: STORES });
  const fresh = STORES[3];
  if (!fresh) throw new Error("no store");
  warehouse.put(fresh, "hour", shopRows(DOORS, addDays(FROM, 115), 5, 9));
  const [, , other] = STORES;
  const early = DOORS.map((door) => ({
    ...door,
    fault: (_: string, hour: number, count: number) => (hour < 14 ? 5 : 0.2) * count,
  }));
  if (other) warehouse.put(other, "hour", shopRows(early, FROM, 120, 3));
  const at = { tenant: fresh.tenant, businessDate: addDays(today, -3), place: "", clusters: 2, isOdd: 0 };
  const rows = ["a", "b"].map((store) => ({ ...at, store, cluster: 1 }));
  // A zone that is called as a store's place is no store.
  const zone = { ...at, store: "b", level: "zone", cluster: 2 };
  await warehouse.addDerived("cluster", [...rows, { ...at, store: "c", cluster: 2 }, zone]);
  expect(await runJob(forecastJob(parts))).toMatchObject({ failures: [] });
  const own = (warehouse.derivedRows.get("forecast") ?? []).filter(({ store }) => store === "new");
  const [day] = placesOf(own, today)[0]?.days ?? [];
  expect(day?.basis.borrowed).toEqual({ days: 5, from: 2, isCluster: true });
  const texts = LANGUAGES.map((language) => day && newText(day, language));
  expect(texts).toContain("New, with 5 days of its own: weekdays and season follow 2 others of its kind.");
  expect(texts).toContain("新しい計測場所です（実績5日）。曜日と季節の傾向は同じ種類の2か所から推定しています。");
  const doors = placesOf(own, today).filter(({ place }) => place !== "");
  // Doors have no clusters here: those of all stores lend.
  expect(doors.map(({ days }) => days[0]?.basis.borrowed?.isCluster)).toEqual([false, false]);
  const old = (warehouse.derivedRows.get("forecast") ?? []).filter(({ store }) => store === "a");
  expect(placesOf(old, today)[0]?.days[0]?.basis.borrowed).toBeUndefined();
});
