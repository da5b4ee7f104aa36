import { describe, expect, test } from "vitest";
import { isSeen } from "../../../cloud-ingest/report/tally.ts";
import { trafficCsv } from "../../../cloud-ingest/report/traffic-csv.ts";
import { cleanTraffic } from "../../../cloud-ingest/warehouse/clean-traffic.ts";
import type { DerivedRow } from "../../../cloud-ingest/warehouse/derived-port.ts";
import type { TrafficRow } from "../../../cloud-ingest/warehouse/port.ts";
import { FakeWarehouse } from "../../support/fake-warehouse.ts";
import { tokyoStore } from "../../support/sample-traffic.ts";

const DATE = "2026-11-23";
const RANGE = { from: DATE, to: DATE };
const DOOR = { deviceId: "cam-1", cameraId: "street", targetKind: "line", targetId: "door" } as const;
const ZERO = { visits: 0, stops: 0, passersBy: 0, dwellS: 0, occupancyMean: 0, occupancyMax: 0 };

const row = (hour: number, over: Partial<TrafficRow> = {}): TrafficRow => ({
  ...{ ...DOOR, targetName: "Door", businessDate: DATE, localStart: at(hour), spanS: 3_600, in: 10, out: 8 },
  ...{ ...ZERO, observedS: 3_600, ...over },
});

const said = (hour: number, over: Partial<DerivedRow> = {}): DerivedRow => ({
  ...{ tenant: "acme", store: "ginza", businessDate: DATE, ...DOOR, measure: "in", localStart: at(hour) },
  ...{ raw: 10, clean: 24.6, lo80: 20, hi80: 30, kind: "device", rule: "dead", ruleVersion: 1, confidence: 0.9 },
  ...{ method: "siblings", ...over },
});

const at = (hour: number) => `${DATE}T${String(hour).padStart(2, "0")}:00:00`;

async function clean(span: "hour" | "day", rows: readonly TrafficRow[], hours: readonly DerivedRow[]) {
  const warehouse = new FakeWarehouse();
  warehouse.put(tokyoStore, span, rows);
  await warehouse.addDerived("quality_hour", hours);
  return cleanTraffic(warehouse).traffic(tokyoStore, RANGE, span);
}

describe("hours", () => {
  test("hold the estimate where a count is not believed, say why, and count as not watched", async () => {
    const quality = { kind: "repaired", rules: ["dead"], hours: 1 };
    expect(await clean("hour", [row(10), row(11)], [said(10)])).toEqual([
      row(10, { in: 25, observedS: 0, quality: { ...quality, kind: "repaired" } }),
      row(11),
    ]);
  });

  test("that nobody sent are there with their estimate, in order and under their name", async () => {
    const missing = said(11, { raw: null, rule: "missing" });
    const rows = await clean("hour", [row(10), row(12)], [missing, { ...missing, measure: "out", clean: 7 }]);
    expect(
      rows.map(({ localStart, targetName, in: entered, out, observedS }) => [
        localStart,
        targetName,
        entered,
        out,
        observedS,
      ]),
    ).toEqual([
      [at(10), "Door", 10, 8, 3_600],
      [at(11), "Door", 25, 7, 0],
      [at(12), "Door", 10, 8, 3_600],
    ]);
  });

  test("of which nothing can be said have no count", async () => {
    const [only] = await clean(
      "hour",
      [row(10)],
      [said(10, { clean: null }), said(10, { measure: "out", clean: null })],
    );
    expect(only).toMatchObject({ in: 0, out: 0, observedS: 0, quality: { kind: "lost" } });
  });

  test("of which nobody would have come are estimates too, not gaps", async () => {
    const [only] = await clean("hour", [row(10, { in: 0, out: 0 })], [said(10, { raw: 0, clean: 0 })]);
    expect(only && isSeen(only)).toBe(true);
    const [lost] = await clean(
      "hour",
      [row(10)],
      [said(10, { clean: null }), said(10, { measure: "out", clean: null })],
    );
    expect(lost && isSeen(lost)).toBe(false);
  });

  test("that are explained stay as counted, and say so", async () => {
    const [only] = await clean("hour", [row(10)], [said(10, { kind: "explained", rule: "calendar", clean: 10 })]);
    expect(only).toEqual(row(10, { quality: { kind: "explained", rules: ["calendar"], hours: 1 } }));
  });

  test("of other lines and stores stay as they are", async () => {
    const others = [said(10, { targetId: "back" }), said(10, { store: "umeda" }), said(10, { deviceId: "cam-2" })];
    const rows = await clean("hour", [row(10)], others);
    expect(rows.filter(({ targetId, deviceId }) => targetId === "door" && deviceId === "cam-1")).toEqual([row(10)]);
  });
});

describe("days", () => {
  const day = (over: Partial<TrafficRow> = {}) =>
    row(0, { spanS: 86_400, in: 100, out: 90, observedS: 36_000, ...over });

  test("are moved by what their hours were repaired by", async () => {
    const rows = await clean(
      "day",
      [day()],
      [said(10), said(11, { raw: 0, rule: "flat-line" }), said(11, { measure: "out", raw: 0, clean: 5 })],
    );
    const quality = { kind: "repaired", rules: ["dead", "flat-line"], hours: 2 } as const;
    expect(rows).toEqual([day({ in: 100 + 15 + 25, out: 95, observedS: 36_000 - 7_200, quality })]);
  });

  test("of which nothing came are made of their hours", async () => {
    const rows = await clean("day", [], [said(10, { raw: null }), said(11, { raw: null })]);
    expect(rows).toMatchObject([{ in: 50, out: 0, observedS: 0, localStart: at(0), quality: { hours: 2 } }]);
  });
});

test("windows are as they came", async () => {
  const warehouse = new FakeWarehouse();
  warehouse.put(tokyoStore, "window", [row(10)]);
  await warehouse.addDerived("quality_hour", [said(10)]);
  expect(await cleanTraffic(warehouse).traffic(tokyoStore, RANGE, "window")).toEqual([row(10)]);
});

test("the CSV tells of it in its last columns", async () => {
  const [head, first, second] = trafficCsv(await clean("hour", [row(10), row(11)], [said(10)])).split("\r\n");
  expect(head).toMatch(/,observed_s,quality,quality_rules$/);
  expect(first).toMatch(/,25,8,.*,0,repaired,dead$/);
  expect(second).toMatch(/,10,8,.*,3600,,$/);
});
