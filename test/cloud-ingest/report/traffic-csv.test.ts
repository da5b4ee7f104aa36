import { expect, test } from "vitest";
import { TRAFFIC_CSV_HEAD, trafficCsv, trafficCsvParts } from "../../../cloud-ingest/report/traffic-csv.ts";
import { FakeWarehouse } from "../../support/fake-warehouse.ts";
import { shopHours, tokyoStore, trafficRow } from "../../support/sample-traffic.ts";

const HEAD =
  "\uFEFFbusiness_date,local_start,span_s,device,camera,target_kind,target,target_name,in,out,visits,stops,passers_by," +
  "dwell_s,occupancy_mean,occupancy_max,observed_s\r\n";

test("golden", () => {
  const line = trafficRow({ in: 12, out: 9, observedS: 3599.9996 });
  const zone = { targetKind: "zone", targetId: "shelf", targetName: 'He said "hi", then\nleft' } as const;
  const seen = { visits: 3, stops: 1, passersBy: 2, dwellS: 41.23456, occupancyMean: 0.1, occupancyMax: 2 };
  expect(trafficCsv([line, trafficRow({ ...zone, ...seen })])).toBe(
    `${HEAD}2026-11-23,2026-11-23 10:00:00,3600,cam-01,front,line,door,正面入口,12,9,,,,,,,3600\r\n` +
      `2026-11-23,2026-11-23 10:00:00,3600,cam-01,front,zone,shelf,"He said ""hi"", then\nleft",,,3,1,2,41.235,0.1,2,3600\r\n`,
  );
});

test("nobody watched: empty, not zero", () => {
  expect(trafficCsv([trafficRow({ observedS: 0 })])).toContain(",正面入口,,,,,,,,,0\r\n");
});

test("no rows: the head alone", () => expect(trafficCsv([])).toBe(HEAD));

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\uFF1D1", "\uFF0B1"])("%j is no formula", (targetName) => {
  const cell = trafficCsv([trafficRow({ targetName })]).slice(HEAD.length);
  expect(cell).toContain(`'${targetName}`);
});

test("pieces are the same as the whole, a month at a time", async () => {
  const rows = shopHours("2026-11-23", 40);
  const warehouse = new FakeWarehouse();
  warehouse.put(tokyoStore, "hour", rows);
  const range = { from: "2026-10-15", to: "2026-11-23" };
  const now = new Date("2026-11-24T03:00:00Z");
  const parts = [];
  for await (const part of trafficCsvParts(warehouse, tokyoStore, { range, span: "hour", now })) parts.push(part);
  expect(parts).toHaveLength(3);
  expect(parts[0]).toBe(TRAFFIC_CSV_HEAD);
  expect(parts.join("")).toBe(trafficCsv(rows));
});
