import { describe, expect, test } from "vitest";
import { route } from "../../../../cloud-ingest/warehouse/partitions/route.ts";

describe("the way in", () => {
  test.each([
    { date: "2026-11-26", today: "2026-11-26", way: "stream" },
    { date: "2016-11-29", today: "2026-11-26", way: "stream" },
    { date: "2016-11-28", today: "2026-11-26", way: "load" },
    { date: "2027-11-25", today: "2026-11-26", way: "stream" },
    { date: "2027-11-26", today: "2026-11-26", way: "load" },
    { date: "2025-02-27", today: "2024-02-29", way: "stream" },
    { date: "2025-02-28", today: "2024-02-29", way: "load" },
    { date: "1970-01-01", today: "2026-11-26", way: "load" },
    { date: "9999-12-31", today: "9999-12-30", way: "stream" },
  ])("of $date on $today is $way", ({ date, today, way }) => expect(route(date, today)).toBe(way));

  test("of what is no date is an error", () => {
    expect(() => route("2026-11-31", "2026-11-26")).toThrow(expect.objectContaining({ code: "USAGE" }));
  });
});
