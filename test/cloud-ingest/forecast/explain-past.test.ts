import { expect, test } from "vitest";
import { explainPast, type PastInput } from "../../../cloud-ingest/forecast/explain-past.ts";

const HOURS = Array.from({ length: 24 }, (_, hour) => (hour >= 10 && hour < 20 ? 10 : 0));
const DAY: PastInput = {
  ...{ expected: 100, lo95: 80, hi95: 120, expectedHours: HOURS, countedHours: HOURS, certainty: HOURS.map(() => 1) },
  ...{ note: undefined, foreseen: { holiday: 0, event: 0 }, others: [] },
};
const times = (factor: number) => HOURS.map((people) => people * factor);
const without = (...hours: number[]) => HOURS.map((people, hour) => (hours.includes(hour) ? Number.NaN : people));
const unexplained = (people: number) => ({ reason: "unexplained", people });

test.each<{ name: string; day: Partial<PastInput>; reasons: object[] }>([
  { name: "as expected", day: {}, reasons: [] },
  { name: "within the interval", day: { countedHours: times(1.19) }, reasons: [] },
  { name: "nobody knows why", day: { countedHours: times(1.5) }, reasons: [unexplained(50)] },
  { name: "hours not counted", day: { countedHours: without(12, 13) }, reasons: [{ reason: "device", people: -20 }] },
  { name: "a night that nobody counted is no loss", day: { countedHours: without(2, 3) }, reasons: [] },
  {
    name: "lost hours on a day that was high besides",
    day: { countedHours: without(12, 13).map((people) => people * 2) },
    reasons: [unexplained(80), { reason: "device", people: -20 }],
  },
  {
    name: "an event that the forecast did not know",
    day: { countedHours: times(2), note: { event: "parade" } },
    reasons: [{ reason: "event", people: 100, name: "parade" }],
  },
  {
    name: "an event that it knew is no excuse",
    day: { countedHours: times(2), note: { event: "parade" }, foreseen: { holiday: 0, event: 30 } },
    reasons: [unexplained(100)],
  },
  {
    name: "rain that took more than the day lacks, and a sale that brought some",
    day: {
      countedHours: times(0.5),
      numbers: [
        { name: "sale", people: 10 },
        { name: "rain", people: -70 },
        { name: "wind", people: -1 },
      ],
    },
    reasons: [{ reason: "regressors", people: -50, name: "rain" }],
  },
  {
    name: "rain and something else",
    day: { countedHours: times(0.5), numbers: [{ name: "rain", people: -20 }] },
    reasons: [unexplained(-30), { reason: "regressors", people: -20, name: "rain" }],
  },
  {
    name: "a closure",
    day: { countedHours: times(0), note: { isClosed: true } },
    reasons: [{ reason: "closed", people: -100 }],
  },
  {
    name: "all stores alike",
    day: { countedHours: times(0.5), others: [0.7, 0.65, 0.6, 1.2] },
    reasons: [{ reason: "neighbours", people: -30 }, unexplained(-20)],
  },
  {
    name: "others were off the other way",
    day: { countedHours: times(0.5), others: [1.4, 1.5, 1.6] },
    reasons: [unexplained(-50)],
  },
  {
    name: "two are no common cause",
    day: { countedHours: times(0.5), others: [0.5, 0.5] },
    reasons: [unexplained(-50)],
  },
])("$name", ({ day, reasons }) => {
  const past = explainPast({ ...DAY, ...day });
  expect(past.reasons).toMatchObject(reasons);
  expect(past.reasons).toHaveLength(reasons.length);
  if (reasons.length === 0) return;
  const sum = past.reasons.reduce((total, { people }) => total + people, 0);
  expect(sum).toBeCloseTo(past.counted - 100, 0);
});

test("estimates are told, and change nothing", () => {
  const certainty = HOURS.map((_, hour) => (hour === 12 ? 0.5 : 1));
  const known = { counted: 100, missingHours: 0, repairedHours: 1 };
  expect(explainPast({ ...DAY, certainty })).toEqual({ ...known, isUsual: true, reasons: [] });
});
