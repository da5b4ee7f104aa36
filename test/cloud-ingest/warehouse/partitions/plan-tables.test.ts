import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays, daysIn } from "../../../../cloud-ingest/calendar.ts";
import { tableFor } from "../../../../cloud-ingest/warehouse/partitions/layout.ts";
import { planDatesInTables, planTables } from "../../../../cloud-ingest/warehouse/partitions/plan-tables.ts";
import { anyLimit, anyRange, anyTable, anyToday, dateBetween, ROUNDS } from "./dates.ts";

const TODAY = "2026-11-26";

describe("a plan over tables", () => {
  test("reports thirty years of daily partitions in five jobs, each of one table", () => {
    const parts = planTables("counts", { from: "1996-12-01", to: "2026-11-30" }, TODAY);
    expect(parts.map(({ table, range, partitions }) => [table, range.from, range.to, partitions])).toEqual([
      ["counts_1990s", "1996-12-01", "1999-12-31", 1_126],
      ["counts_2000s", "2000-01-01", "2004-12-31", 1_827],
      ["counts_2000s", "2005-01-01", "2009-12-31", 1_826],
      ["counts", "2010-01-01", "2018-06-16", 3_089],
      ["counts", "2018-06-17", "2026-11-30", 3_089],
    ]);
  });

  test("covers the range once, each part in the table of its dates", () => {
    fc.assert(
      fc.property(anyTable, anyRange, anyToday, anyLimit, (table, range, today, limit) => {
        const parts = planTables(table, range, today, limit);
        expect(parts.reduce((days, part) => days + daysIn(part.range), 0)).toBe(daysIn(range));
        const unfit = parts.filter((part, at) => {
          const follows = at === 0 || part.range.from === addDays(parts[at - 1]?.range.to ?? "", 1);
          const ends = [part.range.from, part.range.to];
          return (
            !follows || part.partitions > limit || ends.some((date) => tableFor(table, date, today) !== part.table)
          );
        });
        expect(unfit).toEqual([]);
      }),
      { ...ROUNDS, numRuns: Math.ceil(ROUNDS.numRuns / 4) },
    );
  });

  test("repairs late days where they lie", () => {
    const dates = ["2026-11-20", "2009-12-31", "1999-12-31", "2010-01-01", "2000-01-01", "2026-11-20"];
    expect(
      planDatesInTables("events", dates, TODAY).map((part) => [part.table, part.range.from, part.range.to]),
    ).toEqual([
      ["events_1990s", "1999-12-31", "1999-12-31"],
      ["events_2000s", "2000-01-01", "2009-12-31"],
      ["events", "2010-01-01", "2026-11-20"],
    ]);
  });

  test("touches as many partitions as there are late days", () => {
    const anyDates = fc.array(dateBetween({ from: "1980-01-01", to: "2040-12-31" }), { maxLength: 60 });
    fc.assert(
      fc.property(anyDates, anyToday, anyLimit, (dates, today, limit) => {
        const parts = planDatesInTables("health", dates, today, limit);
        expect(parts.reduce((sum, part) => sum + part.partitions, 0)).toBe(new Set(dates).size);
        expect(parts.filter((part) => tableFor("health", part.range.from, today) !== part.table)).toEqual([]);
        expect(parts.filter((part) => tableFor("health", part.range.to, today) !== part.table)).toEqual([]);
      }),
      ROUNDS,
    );
  });
});
