import { describe, expect, test } from "vitest";
import { addDays, datesOf, daysIn, hourLengthsS, isDate, splitRange, wallClock } from "../../cloud-ingest/calendar.ts";

describe("dates", () => {
  test.each([
    { text: "2026-02-28", valid: true },
    { text: "2024-02-29", valid: true },
    { text: "2026-02-29", valid: false },
    { text: "2026-13-01", valid: false },
    { text: "2026-1-1", valid: false },
    { text: "1969-12-31", valid: false },
    { text: "", valid: false },
  ])("$text valid: $valid", ({ text, valid }) => expect(isDate(text)).toBe(valid));

  test("a range has both of its ends", () => {
    expect(datesOf({ from: "2026-02-27", to: "2026-03-01" })).toEqual(["2026-02-27", "2026-02-28", "2026-03-01"]);
    expect(daysIn({ from: "2026-02-27", to: "2026-02-27" })).toBe(1);
    expect(datesOf({ from: "2026-02-27", to: "2026-02-26" })).toEqual([]);
    expect(addDays("2026-01-01", -1)).toBe("2025-12-31");
  });

  test("thirty years split into pieces without gap or overlap", () => {
    const range = { from: "1996-01-01", to: "2025-12-31" };
    const pieces = [...splitRange(range, 31)];
    expect(pieces.flatMap(datesOf)).toEqual(datesOf(range));
    expect(Math.max(...pieces.map(daysIn))).toBe(31);
  });
});

describe("time zones", () => {
  test.each([
    { date: "2026-11-23", timeZone: "Asia/Tokyo", hour: 2, lengthS: 3600, day: 24 },
    { date: "2026-03-29", timeZone: "Europe/Paris", hour: 2, lengthS: 0, day: 23 },
    { date: "2026-10-25", timeZone: "Europe/Paris", hour: 2, lengthS: 7200, day: 25 },
    { date: "2026-04-05", timeZone: "Australia/Lord_Howe", hour: 1, lengthS: 5400, day: 24.5 },
    { date: "2026-11-23", timeZone: "Pacific/Kiritimati", hour: 0, lengthS: 3600, day: 24 },
    { date: "2026-11-23", timeZone: "Pacific/Pago_Pago", hour: 23, lengthS: 3600, day: 24 },
  ])("$date in $timeZone has $day hours", ({ date, timeZone, hour, lengthS, day }) => {
    const lengths = hourLengthsS(date, timeZone);
    expect(lengths[hour]).toBe(lengthS);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(day * 3600);
  });

  test("an instant on the store's wall clock", () => {
    expect(wallClock("Asia/Tokyo")(Date.parse("2026-11-23T15:00:00Z"))).toBe("2026-11-24T00:00:00");
  });
});
