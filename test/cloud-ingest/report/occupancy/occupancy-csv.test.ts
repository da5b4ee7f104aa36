import { expect, test } from "vitest";
import { OCCUPANCY_CSV_HEAD, occupancyCsvParts } from "../../../../cloud-ingest/report/occupancy/occupancy-csv.ts";
import { UNKNOWN_PREMISES } from "../../../../cloud-ingest/report/occupancy/premises.ts";
import { FakeWarehouse } from "../../../support/fake-warehouse.ts";
import { tokyoStore, trafficRow } from "../../../support/sample-traffic.ts";

const rows = [
  { localStart: "2026-11-20T10:00:00", in: 12, out: 2 },
  { localStart: "2026-11-20T11:00:00", in: 0, out: 10 },
].map(trafficRow);

const DOOR = { name: "main", targets: ["cam-01/front/door"], isInner: false };

async function csv(premises = { ...UNKNOWN_PREMISES, doors: [DOOR] }) {
  const warehouse = new FakeWarehouse();
  warehouse.put(tokyoStore, "hour", rows);
  const request = { range: { from: "2026-09-01", to: "2026-11-21" }, premises, nowLocal: "2026-11-22T12:00:00" };
  const parts: string[] = [];
  for await (const part of occupancyCsvParts(warehouse, tokyoStore, request)) parts.push(part);
  return parts.join("");
}

test("hours with raw and corrected numbers", async () => {
  expect(await csv()).toBe(
    `${OCCUPANCY_CSV_HEAD}2026-11-20,2026-11-20 10:00:00,"",12,2,10,10,0,whole,\r\n2026-11-20,2026-11-20 11:00:00,"",0,10,0,0,0,whole,\r\n`,
  );
});

test("a door's name is text, and what nobody knows is empty", async () => {
  const doors = [
    { name: "a", targets: ["cam-01/front/door"], isInner: false },
    { name: "b", targets: ["cam-01/front/none"], isInner: false },
  ];
  expect((await csv({ ...UNKNOWN_PREMISES, doors })).split("\r\n")).toEqual([
    OCCUPANCY_CSV_HEAD.trimEnd(),
    '2026-11-20,2026-11-20 10:00:00,"",12,2,10,,0,gap,',
    '2026-11-20,2026-11-20 11:00:00,"",0,10,0,,0,gap,',
    '2026-11-20,2026-11-20 10:00:00,"a",12,2,10,10,0,whole,',
    '2026-11-20,2026-11-20 11:00:00,"a",0,10,0,0,0,whole,',
    "",
  ]);
});
