import { describe, expect, test } from "vitest";
import { silences } from "../../../../cloud-ingest/alerts/engine/silence-watch.ts";
import { addDays } from "../../../../cloud-ingest/calendar.ts";
import type { HourTotal } from "../../../../cloud-ingest/warehouse/alert-port.ts";
import { FakeWarehouse } from "../../../support/fake-warehouse.ts";

const GINZA = { tenant: "acme", store: "ginza", name: "Ginza", timeZone: "Asia/Tokyo" };
const TODAY = "2026-03-02";
/** 16:15 in Tokyo: the hour from 15:00 is whole, and rolled up. */
const NOW = Date.parse("2026-03-02T07:15:00.000Z");

const hour = (device: string, date: string, at: number, people: number, observedS = 3_600): HourTotal => ({
  ...{ tenant: "acme", store: "ginza", device, businessDate: date, people, observedS },
  localStart: `${date}T${String(at).padStart(2, "0")}:00:00`,
});

/** Six weeks of so many people an hour from 10 to 20, and today as it is given by hour. */
function shop(
  usual: Readonly<Record<string, number>>,
  today: Readonly<Record<string, Readonly<Record<number, number>>>>,
) {
  const warehouse = new FakeWarehouse();
  const weeks = [1, 2, 3, 4, 5, 6].map((week) => addDays(TODAY, -7 * week));
  const open = Array.from({ length: 10 }, (_, index) => 10 + index);
  const before = Object.entries(usual).flatMap(([device, people]) =>
    [...weeks, ...weeks.map((date) => addDays(date, -1))].flatMap((date) =>
      open.map((at) => hour(device, date, at, people)),
    ),
  );
  const now = Object.entries(today).flatMap(([device, hours]) =>
    Object.entries(hours).map(([at, people]) => hour(device, TODAY, Number(at), people)),
  );
  warehouse.hours = [...before, ...now];
  return warehouse;
}

const ask = (store: FakeWarehouse, isOpen = () => true) => silences({ store, stores: [GINZA], isOpen }, NOW);

describe("how likely silence is", () => {
  test("by the negative binomial of what is expected since somebody was counted last", async () => {
    const found = await ask(shop({ "cam-1": 10 }, { "cam-1": { 10: 7, 11: 0, 12: 0, 13: 0, 14: 0, 15: 0 } }));
    const silence = found.get("acme ginza cam-1");
    expect(silence?.chance).toBeCloseTo((1 + 50 / 4) ** -4, 10);
    expect(silence).toMatchObject({
      sinceMs: Date.parse("2026-03-02T02:00:00.000Z"),
      untilMs: Date.parse("2026-03-02T07:00:00.000Z"),
    });
    // At 10 an hour four hours are enough for 1e-4, three are not.
    expect((1 + 40 / 4) ** -4).toBeLessThan(1e-4);
    expect((1 + 30 / 4) ** -4).toBeGreaterThan(1e-4);
  });

  test("is certain while somebody is counted, and nothing is said of hours that nobody watched or that are not over", async () => {
    const found = await ask(shop({ "cam-1": 10 }, { "cam-1": { 14: 0, 15: 3, 16: 0 } }));
    expect(found.get("acme ginza cam-1")?.chance).toBe(1);
    const blind = shop({ "cam-1": 10 }, {});
    blind.hours = [...blind.hours, hour("cam-1", TODAY, 15, 0, 0)];
    expect((await ask(blind)).get("acme ginza cam-1")).toBeUndefined();
  });

  test("counts for as much of an hour as was watched", async () => {
    const store = shop({ "cam-1": 10 }, { "cam-1": { 10: 5 } });
    store.hours = [...store.hours, hour("cam-1", TODAY, 15, 0, 1_800)];
    expect((await ask(store)).get("acme ginza cam-1")?.chance).toBeCloseTo((1 + 5 / 4) ** -4, 10);
  });

  test("is not asked of a closed shop, nor of hours of which too few weeks are known", async () => {
    const today = { "cam-1": { 12: 0, 13: 0, 14: 0, 15: 0 } };
    expect((await ask(shop({ "cam-1": 10 }, today), () => false)).get("acme ginza cam-1")?.chance).toBe(1);
    const young = shop({ "cam-1": 10 }, today);
    young.hours = young.hours.filter(({ businessDate }) => businessDate >= addDays(TODAY, -14));
    expect((await ask(young)).get("acme ginza cam-1")).toBeUndefined();
  });

  test("blames nobody where all devices of a shop see nobody, and one that alone sees nobody", async () => {
    const silent = { 12: 0, 13: 0, 14: 0, 15: 0 };
    const usual = { "cam-1": 10, "cam-2": 10 };
    expect([...(await ask(shop(usual, { "cam-1": silent, "cam-2": silent }))).keys()]).toEqual([]);
    const one = await ask(shop(usual, { "cam-1": silent, "cam-2": { ...silent, 15: 4 } }));
    expect(one.get("acme ginza cam-1")?.chance).toBeLessThan(1e-4);
    expect(one.get("acme ginza cam-2")?.chance).toBe(1);
    // A sibling of whom few are expected is no witness.
    const weak = await ask(shop({ "cam-1": 10, "cam-2": 0.5 }, { "cam-1": silent, "cam-2": silent }));
    expect(weak.get("acme ginza cam-1")?.chance).toBeLessThan(1e-4);
  });
});
