import { expect, test } from "vitest";
import { FakeWarehouse } from "../../support/fake-warehouse.ts";
import { rollUpNow } from "../../support/run-job.ts";
import { tokyoStore } from "../../support/sample-traffic.ts";

const other = { ...tokyoStore, store: "umeda" };

test("rolls up the stale dates of every store, and nothing where none is stale", async () => {
  const warehouse = new FakeWarehouse();
  warehouse.stale.set("acme/ginza", ["2026-11-22", "2026-11-23"]);
  const summary = await rollUpNow(warehouse, [tokyoStore, other]);
  expect(summary).toEqual({ stores: 1, dates: 2, rows: 20, failures: [] });
  expect(warehouse.rolledUp).toEqual([{ store: "acme/ginza", dates: ["2026-11-22", "2026-11-23"] }]);
});

test("by hand: every date of the range, bounded in each call, over thirty years of some stores", async () => {
  const warehouse = new FakeWarehouse();
  const calls: number[] = [];
  const { rollUp } = warehouse;
  warehouse.rollUp = (work) => {
    calls.push(work.reduce((sum, { dates }) => sum + dates.length, 0));
    return rollUp.call(warehouse, work);
  };
  const summary = await rollUpNow(warehouse, [tokyoStore, other], {
    wish: { from: "1996-01-01", to: "2025-12-31" },
  });
  expect(summary).toEqual({ stores: 2, dates: 2 * 10_958, rows: 20 * 10_958, failures: [] });
  expect(calls).toEqual([4000, 4000, 4000, 4000, 4000, 1916]);
  for (const store of ["acme/ginza", "acme/umeda"]) {
    const dates = warehouse.rolledUp.flatMap((done) => (done.store === store ? done.dates : []));
    expect([new Set(dates).size, dates[0], dates.at(-1)]).toEqual([10_958, "1996-01-01", "2025-12-31"]);
  }
});

test("one store's failure is told and does not stop the others", async () => {
  const warehouse = new FakeWarehouse();
  warehouse.stale.set("acme/ginza", ["2026-11-22"]);
  warehouse.stale.set("acme/umeda", ["2026-11-23"]);
  warehouse.broken.add("acme/ginza");
  const summary = await rollUpNow(warehouse, [tokyoStore, other]);
  const failures = [{ tenant: "acme", store: "ginza", reason: "ginza is broken" }];
  expect(summary).toEqual({ stores: 2, dates: 1, rows: 10, failures });
  expect(warehouse.rolledUp).toEqual([{ store: "acme/umeda", dates: ["2026-11-23"] }]);
});

test("when the warehouse is at fault, not every store is tried, and every store is told", async () => {
  const warehouse = new FakeWarehouse();
  const stores = Array.from({ length: 40 }, (_, index) => ({ ...tokyoStore, store: `s${index}` }));
  let calls = 0;
  warehouse.rollUp = async () => {
    calls += 1;
    throw new Error("disk full");
  };
  const { failures } = await rollUpNow(warehouse, stores, { wish: { from: "2026-11-22", to: "2026-11-22" } });
  expect([calls, failures.length, new Set(failures.map(({ reason }) => reason))]).toEqual([
    6,
    40,
    new Set(["disk full"]),
  ]);
});

test("begins no call once it is to stop", async () => {
  const warehouse = new FakeWarehouse();
  const stop = new AbortController();
  const { rollUp } = warehouse;
  warehouse.rollUp = (work) => {
    stop.abort();
    return rollUp.call(warehouse, work);
  };
  const wish = { from: "1996-01-01", to: "2025-12-31" };
  expect(await rollUpNow(warehouse, [tokyoStore], { wish, signal: stop.signal })).toMatchObject({ dates: 4000 });
});
