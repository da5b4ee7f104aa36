import fc from "fast-check";
import { addDays, type DateRange, dateOfMs, FIRST_DATE, LAST_DATE } from "../../../../cloud-ingest/calendar.ts";
import { type LogicalTable, PARTITIONINGS } from "../../../../cloud-ingest/warehouse/partitions/partitioning.ts";

/** Rounds of each property; `KAZOE_SEED` repeats a run. */
export const ROUNDS = {
  numRuns: Number(process.env.KAZOE_PROPERTY_ROUNDS ?? 100),
  ...(process.env.KAZOE_SEED === undefined ? {} : { seed: Number(process.env.KAZOE_SEED) }),
};

/** Every logical table. */
export const ALL_TABLES = Object.keys(PARTITIONINGS).filter((name): name is LogicalTable => name in PARTITIONINGS);

/** All dates that there are. */
export const ALL_DATES: DateRange = { from: FIRST_DATE, to: LAST_DATE };

export const anyTable = fc.constantFrom(...ALL_TABLES);
export const anyUnit = fc.constantFrom("day" as const, "month" as const);
export const anyLimit = fc.oneof(fc.integer({ min: 1, max: 4_000 }), fc.constantFrom(1, 2, 3_500, 4_000));

/** Dates between two, many of them at the ends of months, years, decades and February. */
export function dateBetween({ from, to }: DateRange): fc.Arbitrary<string> {
  const year = fc.integer({ min: Number(from.slice(0, 4)), max: Number(to.slice(0, 4)) });
  const edge = fc.constantFrom("01-01", "02-28", "03-01", "04-30", "12-31");
  const instant = fc.integer({ min: Date.parse(from), max: Date.parse(to) });
  const leapDay = year.map((some) => addDays(`${some}-03-01`, -1));
  return fc
    .oneof(
      instant.map(dateOfMs),
      fc.tuple(year, edge).map(([some, rest]) => `${some}-${rest}`),
      leapDay,
    )
    .filter((date) => from <= date && date <= to);
}

/** Days that a warehouse may see. */
export const anyToday = dateBetween({ from: "1990-01-01", to: "2130-12-31" });

/** Ranges of one day to a hundred and fifty years. */
export const anyRange = fc
  .tuple(dateBetween({ from: FIRST_DATE, to: "2119-12-31" }), fc.oneof(fc.nat(100), fc.nat(12_000), fc.nat(50_000)))
  .map(([from, days]) => ({ from, to: addDays(from, days) }));
