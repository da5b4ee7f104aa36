import { expect, test } from "vitest";
import { addDays } from "../../../cloud-ingest/calendar.ts";
import { loadStoreReport } from "../../../cloud-ingest/report/load-store-report.ts";
import { StoreHours } from "../../../cloud-ingest/report/store-hours.ts";
import { trafficCsvParts } from "../../../cloud-ingest/report/traffic-csv.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import { zoneOf } from "../../../cloud-ingest/zone/rules.ts";
import { rollUpNow } from "../../support/run-job.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { countsRow, SHIBUYA } from "../warehouse/rows.ts";

const QUARTER_MS = 900_000;
const NOW = new Date("2026-11-24T20:00:00Z");

/** The rules of these changed in 2026; libraries that are older or newer than each other differ about them. */
test.each([
  "America/Vancouver",
  "America/Edmonton",
  "America/Inuvik",
  "Africa/Casablanca",
  "Africa/El_Aaiun",
  "America/Havana",
  "America/Winnipeg",
])("rows, now, hours and CSV go by one clock in %s", async (timeZone) => {
  const store = { ...SHIBUYA, timeZone };
  const warehouse = await openDuckDbWarehouse(await tempDir());
  const today = zoneOf(timeZone).date(NOW.getTime());
  const startMs = zoneOf(timeZone).firstInstantMs(`${addDays(today, -1)}T00:00:00`);
  const quarters = (NOW.getTime() - startMs) / QUARTER_MS;
  const data = Array.from({ length: quarters }, (_, index) =>
    countsRow(index, new Date(startMs + index * QUARTER_MS).toISOString(), { windowS: 900, observedS: 900 }),
  );
  await warehouse.store({ data, presence: [], quarantine: [] });
  await rollUpNow(warehouse, [store]);
  const report = await loadStoreReport(warehouse, { store, now: NOW });
  const hours = new StoreHours(report);
  const slots = hours.slots(today, hours.targets[0]?.key ?? "");
  const begun = slots.filter((slot) => slot.tally.observedS > 0);
  expect(hours.countedUpTo).toBe(hours.nowLocal);
  expect(begun.map((slot) => slot.state)).toEqual(begun.map(() => "observed"));
  expect(begun).toHaveLength(Number(hours.nowLocal.slice(11, 13)));
  expect(begun.every((slot) => slot.tally.observedS === slot.lengthS && slot.dueS === slot.lengthS)).toBe(true);
  let csv = "";
  const range = { from: today, to: today };
  for await (const part of trafficCsvParts(warehouse, store, { range, span: "hour" })) csv += part;
  expect(csv.trim().split("\r\n")).toHaveLength(1 + begun.length);
  await warehouse.close();
});
