import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays, daysIn } from "../../../../cloud-ingest/calendar.ts";
import { mainSpan, tableFor, tablesOf } from "../../../../cloud-ingest/warehouse/partitions/layout.ts";
import { TABLE_PARTITIONS } from "../../../../cloud-ingest/warehouse/partitions/limits.ts";
import { partitionNumber } from "../../../../cloud-ingest/warehouse/partitions/partition-number.ts";
import { PARTITIONINGS } from "../../../../cloud-ingest/warehouse/partitions/partitioning.ts";
import { route } from "../../../../cloud-ingest/warehouse/partitions/route.ts";
import { ALL_DATES, ALL_TABLES, anyRange, anyTable, anyToday, dateBetween, ROUNDS } from "./dates.ts";

describe("the table of a date", () => {
  test.each([
    { table: "counts", date: "2026-11-26", today: "2026-11-26", in: "counts" },
    { table: "counts", date: "2010-01-01", today: "2026-11-26", in: "counts" },
    { table: "counts", date: "2009-12-31", today: "2026-11-26", in: "counts_2000s" },
    { table: "counts", date: "1996-02-29", today: "2026-11-26", in: "counts_1990s" },
    { table: "counts", date: "2010-01-01", today: "2030-01-01", in: "counts_2010s" },
    { table: "counts", date: "2028-12-31", today: "2026-11-26", in: "counts" },
    { table: "counts", date: "2029-01-01", today: "2026-11-26", in: "counts_2020s" },
    { table: "counts", date: "2031-12-31", today: "2029-12-31", in: "counts" },
    { table: "counts", date: "9999-12-31", today: "2026-11-26", in: "counts_9990s" },
    { table: "health", date: "1970-01-01", today: "1970-01-01", in: "health" },
    { table: "traffic_daily", date: "1970-01-01", today: "2026-11-26", in: "traffic_daily" },
    { table: "traffic_hourly", date: "2029-01-01", today: "2026-11-26", in: "traffic_hourly_2000s" },
    { table: "traffic_hourly", date: "1999-12-31", today: "2100-01-01", in: "traffic_hourly_1900s" },
  ] as const)("$table of $date on $today is $in", ({ table, date, today, in: name }) => {
    expect(tableFor(table, date, today)).toBe(name);
  });

  test("that is no date is an error", () => {
    expect(() => tableFor("counts", "2023-02-29", "2026-11-26")).toThrow(/"2023-02-29" is not a date/);
    expect(() => tableFor("counts", "2023-02-28", "today")).toThrow(/"today" is not a date/);
  });

  test("is the main one for whatever can be streamed, also when the layout is a year behind", () => {
    fc.assert(
      fc.property(anyTable, anyToday, fc.integer({ min: -4_000, max: 500 }), (table, today, days) => {
        const date = addDays(today, days);
        if (route(date, today) !== "stream") return;
        const newYear = `${today.slice(0, 4)}-01-01`;
        expect(tableFor(table, date, today)).toBe(table);
        expect(tableFor(table, date, addDays(newYear, -1))).toBe(table);
      }),
      { ...ROUNDS, numRuns: ROUNDS.numRuns * 10 },
    );
  });
});

describe("the main table", () => {
  test("holds at most 8,036 days or 2,424 months", () => {
    const most = { day: 0, month: 0 };
    for (const table of ALL_TABLES)
      for (let year = 1970; year <= 2400; year += 1) {
        const { unit } = PARTITIONINGS[table];
        const { from, to } = mainSpan(table, `${year}-06-30`);
        most[unit] = Math.max(most[unit], partitionNumber(to, unit) - partitionNumber(from, unit) + 1);
      }
    expect(most).toEqual({ day: 8_036, month: 2_424 });
  });

  test("changes with the year only", () => {
    fc.assert(
      fc.property(anyTable, anyToday, (table, today) => {
        const year = today.slice(0, 4);
        expect(mainSpan(table, today)).toEqual(mainSpan(table, `${year}-01-01`));
        expect(mainSpan(table, today)).toEqual(mainSpan(table, `${year}-12-31`));
      }),
      ROUNDS,
    );
  });
});

describe("the tables of a range", () => {
  test("over thirty years are the decades and the main table", () => {
    expect(tablesOf("counts", { from: "1996-12-01", to: "2026-11-30" }, "2026-11-26")).toEqual([
      { table: "counts_1990s", range: { from: "1996-12-01", to: "1999-12-31" } },
      { table: "counts_2000s", range: { from: "2000-01-01", to: "2009-12-31" } },
      { table: "counts", range: { from: "2010-01-01", to: "2026-11-30" } },
    ]);
  });

  test("over thirty years by month is the main table", () => {
    const range = { from: "1996-12-01", to: "2026-11-30" };
    expect(tablesOf("traffic_daily", range, "2026-11-26")).toEqual([{ table: "traffic_daily", range }]);
  });

  test("hold each date once, in the table that the date belongs to", () => {
    fc.assert(
      fc.property(anyTable, anyRange, anyToday, fc.nat(), (table, range, today, some) => {
        const slices = tablesOf(table, range, today);
        expect(slices.reduce((days, slice) => days + daysIn(slice.range), 0)).toBe(daysIn(range));
        expect([slices[0]?.range.from, slices.at(-1)?.range.to]).toEqual([range.from, range.to]);
        expect(new Set(slices.map((slice) => slice.table)).size).toBe(slices.length);
        const date = addDays(range.from, some % daysIn(range));
        const holding = slices.filter((slice) => slice.range.from <= date && date <= slice.range.to);
        expect(holding.map((slice) => slice.table)).toEqual([tableFor(table, date, today)]);
      }),
      ROUNDS,
    );
  });

  test("of all dates each stay below the limit of a table, and a view over them below that of a query", () => {
    fc.assert(
      fc.property(anyTable, dateBetween(ALL_DATES), (table, today) => {
        const { unit } = PARTITIONINGS[table];
        const slices = tablesOf(table, ALL_DATES, today);
        for (const { range } of slices)
          expect(partitionNumber(range.to, unit) - partitionNumber(range.from, unit) + 1).toBeLessThan(
            TABLE_PARTITIONS,
          );
        expect(slices.length).toBeLessThan(1_000);
      }),
      { ...ROUNDS, numRuns: 30 },
    );
  });
});
