import { expect, test } from "vitest";
import { runRollUp } from "../../../cloud-ingest/jobs/roll-up.ts";
import { FakeWarehouse } from "../../support/fake-warehouse.ts";
import { tokyoStore } from "../../support/sample-traffic.ts";

const other = { ...tokyoStore, store: "umeda" };

test("rolls up the stale dates of every store, and nothing where none is stale", async () => {
  const warehouse = new FakeWarehouse();
  warehouse.stale.set("acme/ginza", ["2026-11-22", "2026-11-23"]);
  const summary = await runRollUp(warehouse, [tokyoStore, other]);
  expect(summary).toEqual({ stores: 2, dates: 2, rows: 20, failures: [] });
  expect(warehouse.rolledUp).toEqual([{ store: "acme/ginza", dates: ["2026-11-22", "2026-11-23"] }]);
});

test("by hand: every date of the range, a few at a time, over thirty years", async () => {
  const warehouse = new FakeWarehouse();
  const summary = await runRollUp(warehouse, [tokyoStore], { from: "1996-01-01", to: "2025-12-31" });
  expect(summary.dates).toBe(10_958);
  expect(Math.max(...warehouse.rolledUp.map(({ dates }) => dates.length))).toBeLessThanOrEqual(92);
  expect(new Set(warehouse.rolledUp.flatMap(({ dates }) => dates)).size).toBe(10_958);
});

test("one store's failure is told and does not stop the others", async () => {
  const warehouse = new FakeWarehouse();
  warehouse.stale.set("acme/umeda", ["2026-11-23"]);
  const { staleDates } = warehouse;
  warehouse.staleDates = async (store) => {
    if (store.store === "ginza") throw new Error("disk full");
    return staleDates.call(warehouse, store);
  };
  const summary = await runRollUp(warehouse, [tokyoStore, other]);
  expect(summary.failures).toEqual([{ tenant: "acme", store: "ginza", reason: "disk full" }]);
  expect(warehouse.rolledUp).toHaveLength(1);
});
