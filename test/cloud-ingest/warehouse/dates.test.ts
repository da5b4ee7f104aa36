import { expect, it } from "vitest";
import { around } from "../../../cloud-ingest/warehouse/dates.ts";

it.each([
  { name: "of one date", dates: ["2026-03-01"], all: ["02-27", "02-28", "03-01", "03-02", "03-03"] },
  {
    name: "of dates in any order, each once",
    dates: ["2026-03-04", "2026-03-01"],
    all: ["02-27", "02-28", "03-01", "03-02", "03-03", "03-04", "03-05", "03-06"],
  },
  { name: "of none", dates: [], all: [] },
])("the dates that business dates may reach into, $name", ({ dates, all }) => {
  expect(around(dates)).toEqual(all.map((day) => `2026-${day}`));
});

it("the dates around the last one end with it", () => {
  expect(around(["9999-12-31"])).toEqual(["9999-12-29", "9999-12-30", "9999-12-31"]);
});
