import { expect, test } from "vitest";
import { fineSlots, fineSpanOf } from "../../../cloud-ingest/report/fine-slots.ts";
import { demoWindows, trafficRow } from "../../support/sample-traffic.ts";

test("80 seconds of 10-second windows are 8 steps", () => {
  expect(fineSpanOf(demoWindows())).toEqual({
    start: "2026-11-23T14:02:30",
    end: "2026-11-23T14:03:50",
    steps: 8,
    stepS: 10,
  });
});

test("two hours of 10-second windows are at most 60 steps, aligned to the clock", () => {
  const rows = Array.from({ length: 720 }, (_, step) =>
    trafficRow({
      localStart: new Date(Date.UTC(2026, 10, 23, 9, 58) + step * 10_000).toISOString().slice(0, 19),
      ...{ spanS: 10, in: 1 },
    }),
  );
  const span = fineSpanOf(rows);
  expect(span).toEqual({ start: "2026-11-23T09:58:00", end: "2026-11-23T11:58:00", steps: 60, stepS: 120 });
  const total = span && fineSlots(rows, span, "2026-11-24T00:00:00").reduce((sum, slot) => sum + slot.tally.in, 0);
  expect(total).toBe(720);
});

test("a long gap hides no window: the steps get longer and the gap is one without data", () => {
  const rows = [...demoWindows("2026-11-23T08:00:00"), ...demoWindows("2026-11-23T14:00:00")].filter(
    (row) => row.targetKind === "line",
  );
  const span = fineSpanOf(rows)!;
  const slots = fineSlots(rows, span, "2026-11-24T00:00:00");
  expect(slots.reduce((sum, slot) => sum + slot.tally.in, 0)).toBe(30);
  expect(slots.length).toBeLessThanOrEqual(60);
  expect(slots[20]?.state).toBe("none");
});

test("one lonely window still gets room around it", () => {
  expect(fineSpanOf(demoWindows().slice(0, 1))?.steps).toBe(8);
});

test("nothing without windows", () => expect(fineSpanOf([])).toBeUndefined());
