import { expect, test } from "vitest";
import { forecastJob } from "../../../../cloud-ingest/jobs/forecast/forecast-job.ts";
import { tenantRows } from "../../../../cloud-ingest/jobs/forecast/tenant-rows.ts";
import type { DerivedRow } from "../../../../cloud-ingest/warehouse/derived-port.ts";
import { runJob } from "../../../support/run-job.ts";
import { tokyoStore } from "../../../support/sample-traffic.ts";
import { forecastRig } from "./forecast-rig.ts";

const row = (store: string, over: object = {}): DerivedRow => ({
  ...{ tenant: "t", store, businessDate: "2026-03-02", place: "", step: "day", localStart: "2026-03-02T00:00:00" },
  ...{
    yhat: 100,
    lo80: 90,
    hi80: 120,
    lo95: 80,
    hi95: 140,
    model: "m",
    artefact: "a",
    madeAt: "x",
    parts: "{}",
    ...over,
  },
});

test("stores add up; their errors go together in part", () => {
  // Sides of 10, 20, 20 and 40 for each: times the root of 2 + 2 x .4.
  expect(tenantRows("t", [row("a"), row("b")], 2)).toEqual([
    row("", {
      yhat: 200,
      lo80: 183.27,
      hi80: 233.47,
      lo95: 166.53,
      hi95: 266.93,
      model: "sum of 2 stores",
      artefact: "",
      parts: null,
    }),
  ]);
});

test("doors, the past, and dates that a store lacks are no part of it; none is below 0", () => {
  const rows = [
    row("a"),
    row("a", { place: "north" }),
    row("a", { step: "past" }),
    row("b", { step: "hour", localStart: "2026-03-02T01:00:00" }),
  ];
  expect(tenantRows("t", rows, 2)).toEqual([]);
  const low = { yhat: 1, lo80: 0, hi80: 3, lo95: 0, hi95: 9 };
  expect(tenantRows("t", [row("a", low), row("b", low)], 2)[0]).toMatchObject({ yhat: 2, lo80: expect.any(Number) });
  expect(
    Number(tenantRows("t", [row("a", { ...low, lo95: 0, yhat: 0.1 }), row("b", low)], 2)[0]?.lo95),
  ).toBeGreaterThanOrEqual(0);
});

test("the night's job writes them for a tenant of several stores", async () => {
  const other = { ...tokyoStore, store: "umeda" };
  const { warehouse, parts } = await forecastRig({ stores: [tokyoStore, other] });
  expect(await runJob(forecastJob(parts))).toMatchObject({ failures: [], forecast: 6 });
  const rows = warehouse.derivedRows.get("forecast") ?? [];
  const days = rows.filter(({ place, step }) => place === "" && step === "day");
  const of = (store: string) => days.filter((one) => one.store === store).map(({ yhat }) => Number(yhat));
  expect(of("")).toHaveLength(90);
  for (const [day, people] of of("").entries())
    expect(people).toBeCloseTo((of(tokyoStore.store)[day] ?? 0) + (of("umeda")[day] ?? 0), 1);
});
