import { expect, test } from "vitest";
import { compareDays } from "../../../cloud-ingest/report/comparison.ts";
import { hourSlots } from "../../../cloud-ingest/report/slots.ts";
import { zoneOf } from "../../../cloud-ingest/zone/rules.ts";
import { trafficRow } from "../../support/sample-traffic.ts";

const nowLocal = "2026-12-01T00:00:00";

/** Open from `first` to `last`, watched in the hours given. */
function day(date: string, hours: readonly number[], timeZone = "Asia/Tokyo") {
  const expectedS = Array.from({ length: 24 }, (_, hour) => (hour >= 10 && hour < 20 ? 3600 : 0));
  const rows = hours.map((hour) =>
    trafficRow({ localStart: `${date}T${String(hour).padStart(2, "0")}:00:00`, in: hour, observedS: 3600 }),
  );
  const lengthsS = zoneOf(timeZone).hourLengthsS(date);
  return { date, slots: hourSlots({ date, rows, lengthsS, expectedS, since: "2026-01-01", nowLocal }) };
}

const open = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19];

test("whole days", () => {
  const found = compareDays(day("2026-11-23", open), day("2026-11-16", open));
  expect(found).toMatchObject({ hours: 10, isPart: false, now: { in: 145 }, before: { in: 145 } });
});

test.each([
  { name: "4 of 10 hours now", now: open.slice(0, 4), before: open },
  { name: "4 of 10 hours then", now: open, before: open.slice(0, 4) },
  { name: "nothing then", now: open, before: [] },
])("$name: no comparison", ({ now, before }) => {
  expect(compareDays(day("2026-11-23", now), day("2026-11-16", before))).toBeUndefined();
});

test("the hour that comes twice is not held against one that comes once", () => {
  const autumn = day("2026-10-25", [0, 1, 2, 2, 3], "Europe/Paris");
  const found = compareDays(
    { ...autumn, slots: autumn.slots.filter((slot) => slot.state !== "none") },
    day("2026-10-18", [0, 1, 2, 3], "Europe/Paris"),
  );
  expect(found).toMatchObject({ hours: 3, isPart: true });
});
