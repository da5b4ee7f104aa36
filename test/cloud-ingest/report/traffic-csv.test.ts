import { expect, test } from "vitest";
import { TRAFFIC_CSV_HEAD, trafficCsv, trafficCsvParts } from "../../../cloud-ingest/report/traffic-csv.ts";
import { FakeWarehouse } from "../../support/fake-warehouse.ts";
import { shopHours, tokyoStore, trafficRow } from "../../support/sample-traffic.ts";

const HEAD =
  "\uFEFFbusiness_date,local_start,span_s,device,camera,target_kind,target,target_name,in,out,visits,stops,passers_by," +
  "dwell_s,occupancy_mean,occupancy_max,observed_s,quality,quality_rules\r\n";

test("golden", () => {
  const line = trafficRow({ in: 12, out: 9, observedS: 3599.9996 });
  const zone = { targetKind: "zone", targetId: "shelf", targetName: 'He said "hi", then\nleft' } as const;
  const seen = { visits: 3, stops: 1, passersBy: 2, dwellS: 41.23456, occupancyMean: 0.1, occupancyMax: 2 };
  expect(trafficCsv([line, trafficRow({ ...zone, ...seen })])).toBe(
    `${HEAD}2026-11-23,2026-11-23 10:00:00,3600,cam-01,front,line,door,"正面入口",12,9,,,,,,,3600,,\r\n` +
      `2026-11-23,2026-11-23 10:00:00,3600,cam-01,front,zone,shelf,"He said ""hi"", then\nleft",,,3,1,2,41.235,0.1,2,3600,,\r\n`,
  );
});

test("nobody watched: empty, not zero", () => {
  expect(trafficCsv([trafficRow({ observedS: 0 })])).toContain(',"正面入口",,,,,,,,,0,,\r\n');
});

test("no rows: the head alone", () => expect(trafficCsv([])).toBe(HEAD));

test("pieces are the same as the whole, a quarter at a time", async () => {
  const rows = shopHours("2026-11-23", 100);
  const warehouse = new FakeWarehouse();
  warehouse.put(tokyoStore, "hour", rows);
  const range = { from: "2026-08-16", to: "2026-11-23" };
  const parts = [];
  for await (const part of trafficCsvParts(warehouse, tokyoStore, { range, span: "hour" })) parts.push(part);
  expect(parts).toHaveLength(3);
  expect(parts[0]).toBe(TRAFFIC_CSV_HEAD);
  expect(parts.join("")).toBe(trafficCsv(rows));
});

test("only dates with windows are read, in the export lane", async () => {
  const warehouse = new FakeWarehouse();
  const dates = ["2019-03-01", "2026-11-23"];
  warehouse.put(
    tokyoStore,
    "window",
    dates.map((date) => trafficRow({ businessDate: date, spanS: 60 })),
  );
  const range = { from: "2016-11-24", to: "2026-11-23" };
  const parts = trafficCsvParts(warehouse, tokyoStore, {
    range,
    span: "window",
  });
  const lines = [];
  for await (const part of parts) lines.push(part);
  expect(lines).toHaveLength(3);
  expect(warehouse.reads).toEqual(dates.map(() => ({ span: "window", wish: { isExport: true } })));
});

test.each(["hour", "day", "window"] as const)("by %s: who has gone is not read for", async (span) => {
  const warehouse = new FakeWarehouse();
  warehouse.put(
    tokyoStore,
    span,
    ["2016-12-01", "2018-12-01", "2020-12-01"].map((businessDate) => trafficRow({ businessDate })),
  );
  const gone = new AbortController();
  const range = { from: "2016-11-24", to: "2026-11-23" };
  const parts = trafficCsvParts(warehouse, tokyoStore, { range, span, signal: gone.signal });
  await parts.next();
  await parts.next();
  const read = warehouse.reads.length;
  gone.abort();
  await expect(parts.next()).rejects.toThrow("aborted");
  expect(warehouse.reads.length - read).toBeLessThan(2);
});
