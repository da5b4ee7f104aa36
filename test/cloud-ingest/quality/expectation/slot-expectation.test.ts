import { expect, test } from "vitest";
import { fillExpected, NEAR, WIDE } from "../../../../cloud-ingest/quality/expectation/slot-expectation.ts";
import { createState, HOLIDAY } from "../../../../cloud-ingest/quality/series-state.ts";

const weekly = (days: number, value: (day: number) => number) =>
  createState(
    "s",
    Float64Array.from({ length: days }, (_, day) => value(day)),
    1,
  );

test("each weekday is expected as it is", () => {
  const state = weekly(140, (day) => 100 + (day % 7));
  fillExpected(state, NEAR);
  for (let day = 0; day < 140; day++) expect(state.expected[day]).toBeCloseTo(100 + (day % 7), 9);
});

test("a date never moves its own expectation, and a broken month moves the wide one by nothing", () => {
  const state = weekly(280, (day) => (day >= 140 && day < 168 ? 0 : 100));
  fillExpected(state, WIDE);
  expect(state.expected[150]).toBeCloseTo(100, 9);
});

test("what rules took out, doubted dates and holidays are no history", () => {
  const state = weekly(84, (day) => (day % 7 === 0 ? 500 : 10));
  for (let day = 0; day < 84; day += 7) {
    if (day % 21 === 0) state.isOut[day] = 1;
    else if (day % 21 === 7) state.isDoubted[day] = 1;
    else state.calendar[day] = HOLIDAY;
  }
  fillExpected(state, NEAR);
  expect(state.expected[42]).toBeNaN();
  expect(state.expected[43]).toBeCloseTo(10, 9);
});

test("fewer than three weeks say nothing", () => {
  const state = weekly(21, () => 5);
  fillExpected(state, NEAR);
  expect(state.expected[0]).toBeNaN();
});
