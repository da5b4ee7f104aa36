import { expect, test } from "vitest";
import { dayKindsOf } from "../../../../cloud-ingest/report/forecast/day-kinds.ts";
import { loadForecastView } from "../../../../cloud-ingest/report/forecast/forecast-view.ts";
import { FakeWarehouse } from "../../../support/fake-warehouse.ts";
import { tokyoStore } from "../../../support/sample-traffic.ts";

const row = (businessDate: string, kind: number, over: object = {}) => ({
  ...{ tenant: "acme", store: "ginza", businessDate, kind, nameEn: `kind ${kind}`, nameJa: `種類${kind}`, kinds: 2 },
  ...{ silhouette: 0.4, distance: 0.1, isOdd: 0, splitHalf: 1, runDate: "2026-11-22" },
  ...{ profile: JSON.stringify(new Array(24).fill(kind)), ...over },
});

test("rows of dates are kinds with their days, by id, and dates in order", () => {
  const view = dayKindsOf([row("2026-11-21", 2, { isOdd: 1 }), row("2026-11-20", 1), row("2026-11-14", 2)]);
  expect(view).toEqual({
    runDate: "2026-11-22",
    kinds: [
      { id: 1, name: { en: "kind 1", ja: "種類1" }, days: 1, profile: new Array(24).fill(1) },
      { id: 2, name: { en: "kind 2", ja: "種類2" }, days: 2, profile: new Array(24).fill(2) },
    ],
    dates: [
      { date: "2026-11-14", kind: 2, isOdd: false },
      { date: "2026-11-20", kind: 1, isOdd: false },
      { date: "2026-11-21", kind: 2, isOdd: true },
    ],
  });
  expect(dayKindsOf([])).toBeUndefined();
});

const hours = (one: unknown) => JSON.stringify(new Array(24).fill(one));

test.each([
  { runDate: null },
  { runDate: "2026-02-30" },
  { businessDate: "soon" },
  { kind: null },
  { kind: 0 },
  { kind: -3 },
  { kind: 1.5 },
  { kind: Number.NaN },
  { kind: 1e7 },
  { nameEn: null },
])("a row that cannot be read is left out: %o", (over) => {
  const good = row("2026-11-20", 1);
  expect(dayKindsOf([row("2026-11-19", 2, over), good])).toEqual(dayKindsOf([good]));
  expect(dayKindsOf([row("2026-11-19", 2, over)])).toBeUndefined();
});

test.each(["{", "[1]", "null", hours("a"), hours(-850), hours(1e300), hours(null)])(
  "a profile that is none of ours is none: %s",
  (profile) => {
    expect(dayKindsOf([row("2026-11-20", 1, { profile })])?.kinds[0]?.profile).toEqual([]);
  },
);

test("a store's view has its kinds, and zones apart from doors; a zone that the last run did not find is gone", async () => {
  const warehouse = new FakeWarehouse();
  const alike = (level: string | null, place: string, businessDate: string) => ({
    ...{ tenant: "acme", store: "ginza", businessDate, level, place, cluster: 1, clusters: 2, isOdd: 0, movedFrom: 2 },
    ...{ nameEn: "night", nameJa: "夜型" },
  });
  await warehouse.addDerived("cluster", [
    alike("zone", "cam/a/gone", "2026-11-15"),
    alike("store", "", "2026-11-22"),
    alike(null, "north", "2026-11-22"),
    alike("zone", "cam/a/shelf", "2026-11-22"),
  ]);
  await warehouse.addDerived("day_kind", [row("2026-11-20", 1)]);
  const view = await loadForecastView(warehouse, { store: tokyoStore, now: new Date("2026-11-23T03:00:00Z") });
  expect(view.kinds?.dates).toHaveLength(1);
  expect(view.clusters.map(({ place }) => place)).toEqual(["", "north"]);
  expect(view.zones).toMatchObject([{ place: "cam/a/shelf", hasMoved: true }]);
});
