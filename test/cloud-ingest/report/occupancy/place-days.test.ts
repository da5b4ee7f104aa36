import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays } from "../../../../cloud-ingest/calendar.ts";
import { insideOf } from "../../../../cloud-ingest/report/occupancy/inside.ts";
import { placeDaysOf } from "../../../../cloud-ingest/report/occupancy/place-days.ts";
import { type Premises, UNKNOWN_PREMISES } from "../../../../cloud-ingest/report/occupancy/premises.ts";
import { resetBefore } from "../../../../cloud-ingest/report/occupancy/reset.ts";
import type { TrafficRow } from "../../../../cloud-ingest/warehouse/port.ts";
import { trafficRow } from "../../../support/sample-traffic.ts";

const DAY = "2026-11-20";
const LATER = "2026-11-22T12:00:00";
const at = (hour: number, date = DAY) => `${date}T${String(hour).padStart(2, "0")}:00:00`;
/** In and out by hour from 10:00 on. */
const day = (flows: readonly (readonly [number, number])[], more: Partial<TrafficRow> = {}, date = DAY) =>
  flows.map(([people, out], i) => trafficRow({ localStart: at(10 + i, date), in: people, out, ...more }));
const premises = (doors: Record<string, readonly string[]>, inner: readonly string[] = []): Premises => ({
  ...UNKNOWN_PREMISES,
  doors: Object.entries(doors).map(([name, targets]) => ({ name, targets, isInner: inner.includes(name) })),
});
const DOOR = premises({ main: ["cam-01/front/door"] });
const only = (rows: readonly TrafficRow[], more: { nowLocal?: string; premises?: Premises } = {}) =>
  placeDaysOf({ rows, dates: [DAY], premises: DOOR, nowLocal: LATER, ...more });

describe("drift", () => {
  const flow = fc.tuple(fc.nat({ max: 500 }), fc.nat({ max: 500 })).map(([people, out]) => ({ in: people, out }));
  test("spread over the crossings the last hour ends at 0, nothing is negative, and raw is what was counted", () => {
    fc.assert(
      fc.property(fc.array(flow, { minLength: 1, maxLength: 24 }), (flows) => {
        const crossings = flows.reduce((sum, one) => sum + one.in + one.out, 0);
        const drift = flows.reduce((sum, one) => sum + one.in - one.out, 0);
        const inside = insideOf(flows, crossings > 0 ? drift / crossings : 0);
        expect(inside.at(-1)).toEqual({ raw: drift, inside: 0 });
        for (const { inside: people } of inside) expect(people).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test("a door that misses a tenth of who leaves shows who is inside to the person", () => {
    const rows = day([
      [100, 0],
      [100, 90],
      [0, 90],
    ]);
    const [found] = only(rows);
    expect(found).toMatchObject({ state: "whole", balance: 20, in: 200, out: 180, date: DAY });
    expect(found?.hours.map(({ raw }) => raw)).toEqual([100, 110, 20]);
    // 20 / 380 of 100, 290 and 380 crossings.
    expect(found?.hours.map(({ inside }) => inside)).toEqual([95, 95, 0]);
    expect(rows[0]).toMatchObject({ in: 100, out: 0 });
  });
});

describe("what nobody can know is not told", () => {
  const flows: [number, number][] = [
    [30, 5],
    [20, 20],
    [5, 30],
  ];
  test.each([
    { name: "an hour without a camera", rows: day(flows).filter((_, i) => i !== 1), state: "gap" },
    {
      name: "an hour half watched",
      rows: day(flows).map((r, i) => (i === 1 ? { ...r, observedS: 1800 } : r)),
      state: "gap",
    },
    {
      name: "the first hour half watched",
      rows: day(flows).map((r, i) => (i === 0 ? { ...r, observedS: 1800 } : r)),
      state: "whole",
    },
    {
      name: "an hour not believed, without an estimate",
      rows: day(flows).map(
        (r, i): TrafficRow => (i === 1 ? { ...r, quality: { kind: "lost", rules: ["dead"], hours: 1 } } : r),
      ),
      state: "gap",
    },
    {
      name: "an hour estimated",
      rows: day(flows).map(
        (r, i): TrafficRow =>
          i === 1 ? { ...r, observedS: 0, quality: { kind: "repaired", rules: ["dead"], hours: 1 } } : r,
      ),
      state: "whole",
    },
    {
      name: "a way out that nobody counts",
      rows: day([
        [100, 10],
        [100, 20],
      ]),
      state: "unbalanced",
    },
    { name: "today", rows: day(flows), nowLocal: at(13), state: "running" },
  ])("$name: $state", ({ rows, state, nowLocal = LATER }) => {
    expect(only(rows, { nowLocal })).toMatchObject([{ state }]);
  });

  test("lines that nobody calls a door tell nothing of a store, nor do zones", () => {
    expect(only(day(flows), { premises: UNKNOWN_PREMISES })).toEqual([]);
    expect(only(day(flows).map((row) => ({ ...row, targetKind: "zone" as const })))).toEqual([]);
    expect(only([])).toEqual([]);
  });
});

test("doors of the registry: the store by its outer ones, and each by itself", () => {
  const rows = [
    ...day(
      [
        [50, 0],
        [0, 30],
      ],
      { targetId: "north" },
    ),
    ...day(
      [
        [10, 0],
        [0, 30],
      ],
      { targetId: "south" },
    ),
    ...day(
      [
        [9, 9],
        [3, 3],
      ],
      { targetId: "fitting" },
    ),
    ...day([[999, 0]], { targetId: "other" }),
  ];
  const doors = { north: ["cam-01/front/north"], south: ["cam-01/front/south"], fitting: ["cam-01/front/fitting"] };
  const found = only(rows, { premises: premises(doors, ["fitting"]) });
  expect(found.map(({ door, in: people, out, balance }) => [door, people, out, balance])).toEqual([
    [undefined, 60, 60, 0],
    ["north", 50, 30, 20],
    ["south", 10, 30, -20],
    ["fitting", 12, 12, 0],
  ]);
  expect(found[0]?.hours.map(({ inside }) => inside)).toEqual([60, 0]);
  const one = only(rows, { premises: premises({ north: ["cam-01/front/north", "cam-01/front/south"] }) });
  expect(one.map(({ door, balance }) => [door, balance])).toEqual([[undefined, 0]]);
});

test("a day that is not over is corrected as the days before were", () => {
  const dates = [4, 3, 2, 1, 0].map((back) => addDays(DAY, -back));
  const rows = dates.flatMap((date, i) =>
    day(
      i < 4
        ? [
            [100, 0],
            [0, 90],
          ]
        : [
            [100, 0],
            [100, 90],
          ],
      {},
      date,
    ),
  );
  const found = placeDaysOf({ rows, dates, premises: DOOR, nowLocal: at(12) });
  expect(found.map(({ state }) => state)).toEqual(["whole", "whole", "whole", "whole", "running"]);
  // 110 as counted, less 10 / 190 of 290 crossings.
  expect(found.at(-1)?.hours.at(-1)).toMatchObject({ raw: 110, inside: 95 });
  expect(placeDaysOf({ rows: rows.slice(-2), dates: [DAY], premises: DOOR, nowLocal: at(12) })[0]).toMatchObject({
    driftPerCrossing: 0,
  });
});

describe("the reset lies between closing and opening", () => {
  const opens = (hours: Premises["hours"]) => ({ hours });
  test.each([
    { name: "nobody says", hours: () => undefined, is: at(4) },
    { name: "10 to 20", hours: () => [{ from: 600, to: 1200 }], is: at(3) },
    { name: "a bar from 18 to 2", hours: () => [{ from: 1080, to: 1560 }], is: at(10) },
    { name: "always open", hours: () => [{ from: 0, to: 1440 }], is: at(4) },
    { name: "closed today", hours: () => [], is: at(4) },
    {
      name: "closed the day before",
      hours: (date: string) => (date === DAY ? [{ from: 600, to: 1200 }] : []),
      is: at(5),
    },
    {
      name: "a pause at noon",
      hours: () => [
        { from: 600, to: 720 },
        { from: 900, to: 1200 },
      ],
      is: at(3),
    },
  ])("$name", ({ hours, is }) => expect(resetBefore(DAY, opens(hours))).toBe(is));

  test("what a bar counts past midnight belongs to the evening before", () => {
    const next = addDays(DAY, 1);
    const rows = [
      trafficRow({ localStart: at(22), in: 40, out: 0 }),
      trafficRow({ localStart: at(23), in: 10, out: 10 }),
      trafficRow({ localStart: at(0, next), in: 0, out: 15 }),
      trafficRow({ localStart: at(1, next), in: 0, out: 25 }),
    ];
    const bar = { ...DOOR, hours: () => [{ from: 1080, to: 1560 }] };
    const found = placeDaysOf({ rows, dates: [DAY, next], premises: bar, nowLocal: LATER });
    expect(found.map(({ date, hours }) => [date, hours.map(({ inside }) => inside)])).toEqual([[DAY, [40, 40, 25, 0]]]);
  });

  test.each(["2026-10-25", "2026-03-29"])("a night of another length, %s, is one reset", (date) => {
    const rows = [
      ...day(
        [
          [5, 0],
          [0, 5],
        ],
        {},
        date,
      ),
      ...day(
        [
          [6, 0],
          [0, 6],
        ],
        {},
        addDays(date, 1),
      ),
    ];
    const found = placeDaysOf({ rows, dates: [date, addDays(date, 1)], premises: DOOR, nowLocal: LATER });
    expect(found.map(({ balance, state }) => [balance, state])).toEqual([
      [0, "whole"],
      [0, "whole"],
    ]);
  });
});
