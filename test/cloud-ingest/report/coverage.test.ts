import { expect, test } from "vitest";
import { addDays } from "../../../cloud-ingest/calendar.ts";
import { storeDaysOf } from "../../../cloud-ingest/report/store-days.ts";
import { StoreHours } from "../../../cloud-ingest/report/store-hours.ts";
import type { StoreReport } from "../../../cloud-ingest/report/store-report.ts";
import type { TrafficRow } from "../../../cloud-ingest/warehouse/port.ts";
import { demoWindows, hoursOf, shopDay, shopHours, trafficRow } from "../../support/sample-traffic.ts";
import { emptyData } from "../dashboards/pages.ts";

const TODAY = "2026-11-23";
const isFront = (row: TrafficRow) => row.deviceId === "cam-01";
const isToday = (row: TrafficRow) => row.businessDate === TODAY;
const weeks = shopHours(TODAY, 35);

function lastDay(data: Partial<StoreReport>) {
  const page = { ...emptyData, ...data };
  return storeDaysOf(page, new StoreHours(page)).at(-1)!;
}

const cameraOf = (data: Partial<StoreReport>, name: string) =>
  lastDay(data).cameras.find(({ camera }) => camera.includes(name));

test("without history a gap between the first and the last hour lowers the share; the closed hours do not", () => {
  const front = cameraOf({ hourly: shopDay(TODAY, TODAY) }, "front");
  expect(front).toMatchObject({ observedS: 8 * 3600 + 1872, dueS: 36_000 });
  expect(front?.gaps).toEqual([{ from: `${TODAY}T13:00:00`, to: `${TODAY}T14:00:00` }]);
});

test("two lines of a camera do not count its time twice", () => {
  const side = cameraOf({ hourly: shopDay(TODAY) }, "side");
  expect(side).toMatchObject({ observedS: 36_000, share: 1, seen: { to: `${TODAY}T20:00:00` } });
});

test("a camera that died at 14:00 is no good day: 40 %, the outage is named and nothing is compared", () => {
  const hourly = weeks.filter((row) => !(isToday(row) && isFront(row) && row.localStart >= `${TODAY}T14:00:00`));
  expect(cameraOf({ hourly }, "front")).toMatchObject({
    share: 0.4,
    gaps: [{ from: `${TODAY}T14:00:00`, to: `${TODAY}T20:00:00` }],
  });
  const front = lastDay({ hourly }).targets.find(({ target }) => target.camera.includes("front"));
  expect(front?.comparison).toBeUndefined();
});

test("all cameras dead from 14:00: the weeks before say what was due", () => {
  const hourly = weeks.filter((row) => !(isToday(row) && row.localStart >= `${TODAY}T14:00:00`));
  expect(lastDay({ hourly }).cameras.map(({ share }) => share)).toEqual([0.4, 0.4]);
});

test("a line whose camera was dead all day is there, with 0 %", () => {
  const hourly = weeks.filter((row) => !(isToday(row) && isFront(row)));
  const front = lastDay({ hourly }).targets.find(({ target }) => target.camera.includes("front"));
  expect(front?.coverage).toMatchObject({ share: 0, dueS: 36_000 });
  expect(front?.coverage.seen).toBeUndefined();
});

test("a line that was taken out of the configuration is not missed", () => {
  const hourly = weeks.filter((row) => !(isToday(row) && row.targetId === "shelf"));
  expect(lastDay({ hourly }).targets.map(({ target }) => target.kind)).toEqual(["line", "line"]);
});

test("the day asked for is there when nothing was counted on it", () => {
  const hourly = weeks.filter((row) => row.businessDate < addDays(TODAY, -2));
  const range = { from: TODAY, to: TODAY };
  expect(lastDay({ hourly, range })).toMatchObject({ date: TODAY, cameras: [{ share: 0 }, { share: 0 }] });
});

test("nothing is claimed beyond now, and a running hour is due so far only", () => {
  const generatedAt = new Date("2026-11-23T05:10:00Z");
  const hourly = weeks
    .filter((row) => row.localStart < `${TODAY}T15:00:00`)
    .map((row) => (row.localStart === `${TODAY}T14:00:00` ? { ...row, observedS: 540 } : row));
  expect(cameraOf({ hourly, generatedAt }, "front")).toMatchObject({
    share: 1,
    seen: { from: `${TODAY}T10:00:00`, to: `${TODAY}T14:10:00` },
  });
});

test.each([
  { name: "skipped", date: "2026-03-29", hours: [1, 3] },
  { name: "doubled", date: "2026-10-25", hours: [1, 2, 2, 3] },
])("a $name hour is no gap", ({ date, hours }) => {
  const store = { ...emptyData.store, timeZone: "Europe/Paris" };
  const hourly = hours.map((hour) => trafficRow({ localStart: `${date}T0${hour}:00:00` }));
  const range = { from: date, to: date };
  expect(lastDay({ store, hourly, range }).cameras).toMatchObject([{ share: 1 }]);
});

test("windows give the share to the second", () => {
  expect(lastDay({ windows: demoWindows(), hourly: hoursOf(demoWindows()) }).cameras).toMatchObject([
    { observedS: 80, share: 1 },
  ]);
  const holed = demoWindows().filter((row) => row.localStart !== `${TODAY}T14:03:00`);
  expect(lastDay({ windows: holed, hourly: hoursOf(holed) }).cameras).toMatchObject([{ observedS: 70, share: 0.875 }]);
});
