import { expect, test } from "vitest";
import { ofFewOrigins } from "../../../../cloud-ingest/forecast/combine/intervals.ts";

const NORMAL = { q025: -1.96, q10: -1.2816, q90: 1.2816, q975: 1.96 };

/** Tables of Student's t: 90 % and 97.5 %. */
test.each([
  [5, 1.476, 2.571],
  [10, 1.372, 2.228],
  [16, 1.337, 2.12],
  [120, 1.289, 1.98],
])("errors of %i origins are as wide as t of so many degrees of freedom", (origins, q90, q975) => {
  const found = ofFewOrigins(NORMAL, origins);
  expect(Math.abs(found.q90 / q90 - 1)).toBeLessThan(0.01);
  expect(Math.abs(found.q975 / q975 - 1)).toBeLessThan(0.02);
  expect([found.q10, found.q025]).toEqual([-found.q90, -found.q975]);
});

test("no origin at all is as four are: then the panel's errors speak", () => {
  expect(ofFewOrigins(NORMAL, 0)).toEqual(ofFewOrigins(NORMAL, 4));
});
