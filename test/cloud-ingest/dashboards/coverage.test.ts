import { expect, test } from "vitest";
import { hourLengthsS } from "../../../cloud-ingest/calendar.ts";
import { hourlyCoverage, windowCoverage } from "../../../cloud-ingest/dashboards/coverage.ts";
import { demoWindows, shopDay, trafficRow } from "../../support/sample-traffic.ts";

test("a gap between the first and the last hour lowers the share; the closed hours do not", () => {
  const [front] = hourlyCoverage(shopDay("2026-11-23", "2026-11-23"), hourLengthsS("2026-11-23", "Asia/Tokyo"));
  expect(front).toMatchObject({ camera: "cam-01 / front", observedS: 8 * 3600 + 1872, from: "2026-11-23T10:00:00" });
  expect(front?.share).toBeCloseTo((8 * 3600 + 1872) / 36_000, 6);
});

test("two lines of a camera do not count its time twice", () => {
  const day = shopDay("2026-11-20");
  const side = hourlyCoverage(day, hourLengthsS("2026-11-20", "Asia/Tokyo")).find(({ camera }) =>
    camera.includes("side"),
  );
  expect(side).toMatchObject({ observedS: 36_000, share: 1, to: "2026-11-20T20:00:00" });
});

test.each([
  { name: "skipped", date: "2026-03-29", hours: [1, 3] },
  { name: "doubled", date: "2026-10-25", hours: [1, 2, 2, 3] },
])("a $name hour is no gap", ({ date, hours }) => {
  const rows = hours.map((hour) => trafficRow({ localStart: `${date}T0${hour}:00:00` }));
  expect(hourlyCoverage(rows, hourLengthsS(date, "Europe/Paris"))).toMatchObject([{ share: 1 }]);
});

test("windows give the share to the second", () => {
  expect(windowCoverage(demoWindows())).toMatchObject([{ observedS: 80, share: 1, to: "2026-11-23T14:03:50" }]);
  const holed = demoWindows().filter((row) => row.localStart !== "2026-11-23T14:03:00");
  expect(windowCoverage(holed)).toMatchObject([{ observedS: 70, share: 0.875 }]);
});
