import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays, datesOf, daysIn } from "../../../../cloud-ingest/calendar.ts";
import { mainSpan, tableFor, tablesOf } from "../../../../cloud-ingest/warehouse/partitions/layout.ts";
import { PLANNED_PARTITIONS, TABLE_PARTITIONS } from "../../../../cloud-ingest/warehouse/partitions/limits.ts";
import { partitionNumber } from "../../../../cloud-ingest/warehouse/partitions/partition-number.ts";
import { type LogicalTable, PARTITIONINGS } from "../../../../cloud-ingest/warehouse/partitions/partitioning.ts";
import { type Move, planMoves } from "../../../../cloud-ingest/warehouse/partitions/plan-moves.ts";
import { route } from "../../../../cloud-ingest/warehouse/partitions/route.ts";
import { ALL_DATES, ALL_TABLES, anyTable, anyToday, dateBetween, ROUNDS } from "./dates.ts";

const shape = ({ from, to, parts }: Move) => [
  `${from} -> ${to}`,
  ...parts.map(({ range, partitions }) => `${range.from}..${range.to} ${partitions}`),
];

/** Which partitions each table holds, if every date has rows. */
class Tables {
  readonly #held = new Map<string, Set<number>>();
  readonly #table: LogicalTable;

  constructor(table: LogicalTable, today: string) {
    this.#table = table;
    for (const { table: name, range } of tablesOf(table, ALL_DATES, today))
      for (const at of this.#numbers(range)) this.#of(name).add(at);
  }

  copy({ to, parts }: Move): void {
    for (const { range } of parts) for (const at of this.#numbers(range)) this.#of(to).add(at);
  }

  remove({ from, parts }: Move): void {
    for (const { range } of parts) for (const at of this.#numbers(range)) this.#of(from).delete(at);
  }

  get fullest(): number {
    return Math.max(...[...this.#held.values()].map((held) => held.size));
  }

  get content(): object {
    return Object.fromEntries(
      [...this.#held]
        .filter(([, { size }]) => size > 0)
        .map(([name, { size }]) => [name, size])
        .sort(),
    );
  }

  #of(name: string): Set<number> {
    const held = this.#held.get(name) ?? new Set();
    this.#held.set(name, held);
    return held;
  }

  #numbers({ from, to }: { readonly from: string; readonly to: string }): readonly number[] {
    const { unit } = PARTITIONINGS[this.#table];
    const first = partitionNumber(from, unit);
    return Array.from({ length: partitionNumber(to, unit) - first + 1 }, (_, nth) => first + nth);
  }
}

describe("the moves of a New Year", () => {
  test("at the turn of a decade are the decade that leaves, in two jobs, and the year that comes", () => {
    const turns = planMoves("counts", "2029-08-01", "2030-03-01");
    expect(turns.map(({ layoutDay, moves }) => ({ layoutDay, moves: moves.map(shape) }))).toEqual([
      {
        layoutDay: "2030-01-01",
        moves: [
          ["counts -> counts_2010s", "2010-01-01..2014-12-31 1826", "2015-01-01..2019-12-31 1826"],
          ["counts_2030s -> counts", "2032-01-01..2032-12-31 366"],
        ],
      },
    ]);
  });

  test("in other years are the year that comes, and by month at most a century in one job", () => {
    const [turn, ...more] = planMoves("counts", "2026-11-26", "2027-01-01");
    expect(turn?.moves.map(shape)).toEqual([["counts_2020s -> counts", "2029-01-01..2029-12-31 365"]]);
    expect(more).toEqual([]);
    const [century] = planMoves("traffic_daily", "2199-12-31", "2200-01-01");
    expect(century?.moves.map(shape)).toEqual([
      ["traffic_daily -> traffic_daily_2000s", "2000-01-01..2099-12-31 1200"],
      ["traffic_daily_2200s -> traffic_daily", "2202-01-01..2202-12-31 12"],
    ]);
  });

  test.each([
    { name: "within a year", layoutDay: "2026-01-01", today: "2026-12-31" },
    { name: "when the clock went back", layoutDay: "2026-01-01", today: "1970-01-01" },
    { name: "in the last years that there are", layoutDay: "9997-12-31", today: "9998-12-31" },
  ])("are none $name", ({ layoutDay, today }) => {
    expect(planMoves("traffic_hourly", layoutDay, today).flatMap((turn) => turn.moves)).toEqual([]);
  });

  test("come one turn after the other when several years were missed", () => {
    const turns = planMoves("events", "2026-11-26", "2031-01-01");
    expect(turns.map((turn) => turn.layoutDay.slice(0, 4))).toEqual(["2027", "2028", "2029", "2030", "2031"]);
  });

  test("lead from one layout to the other and fill no table on the way", () => {
    const years = fc.tuple(fc.integer({ min: 1970, max: 2120 }), fc.nat(25));
    fc.assert(
      fc.property(anyTable, years, (table, [year, more]) => {
        const [before, today] = [`${year}-07-01`, `${year + more}-07-01`];
        const tables = new Tables(table, before);
        for (const { moves } of planMoves(table, before, today)) {
          for (const move of moves) tables.copy(move);
          expect(tables.fullest).toBeLessThan(TABLE_PARTITIONS);
          for (const move of moves) tables.remove(move);
        }
        expect(tables.content).toEqual(new Tables(table, today).content);
      }),
      { ...ROUNDS, numRuns: 3 },
    );
  });

  test("fill the main table to 8,401 days at most, each job to the planned partitions", () => {
    let most = 0;
    for (const table of ALL_TABLES)
      for (const { layoutDay, moves } of planMoves(table, "1970-01-01", "2400-12-31")) {
        const { from } = mainSpan(table, addDays(layoutDay, -1));
        if (PARTITIONINGS[table].unit === "day")
          most = Math.max(most, daysIn({ from, to: mainSpan(table, layoutDay).to }));
        const parts = moves.flatMap((move) => move.parts);
        expect(parts.filter((part) => part.partitions > PLANNED_PARTITIONS)).toEqual([]);
      }
    expect(most).toBe(8_401);
  });

  test("are of dates that nobody can stream in that year", () => {
    fc.assert(
      fc.property(anyTable, anyToday, dateBetween({ from: "1975-01-01", to: "2135-12-31" }), (table, today, date) => {
        const eve = addDays(`${today.slice(0, 4)}-01-01`, -1);
        if (tableFor(table, date, eve) !== tableFor(table, date, today)) expect(route(date, today)).toBe("load");
      }),
      { ...ROUNDS, numRuns: ROUNDS.numRuns * 20 },
    );
    const moved = planMoves("counts", "2029-12-31", "2030-12-31").flatMap((turn) =>
      turn.moves.flatMap((move) => move.parts),
    );
    const dates = moved.flatMap((part) => datesOf(part.range));
    expect(dates.filter((date) => route(date, "2030-01-01") === "stream")).toEqual([]);
    expect(dates.filter((date) => route(date, "2030-12-31") === "stream")).toEqual([]);
  });
});
