import { describe, expect, test } from "vitest";
import type { Flag } from "../../../cloud-ingest/quality/flag.ts";
import { judgePanel } from "../../../cloud-ingest/quality/judge-panel.ts";
import type { Panel } from "../../../cloud-ingest/quality/panel.ts";
import { damage, reverse, withDirections } from "../../bench/quality/faults.ts";
import { Random } from "../../bench/quality/random.ts";
import { changed, madePanel } from "./made-panels.ts";

const FROM = 120;
const TO = 134;
const clean = madePanel();
const device = (panel: Panel): readonly Flag[] => judgePanel(panel).flags.filter(({ kind }) => kind === "device");

/** Dates of a series with a device flag. */
function daysOf(flags: readonly Flag[], series: string, perDay = 24): number[] {
  const days = flags
    .filter((flag) => flag.series === series)
    .flatMap(({ from, to }) => {
      const first = Math.floor(from / perDay);
      return Array.from({ length: Math.ceil(to / perDay) - first }, (_, i) => first + i);
    });
  return [...new Set(days)].sort((a, b) => a - b);
}

const span = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe("faults of a device", () => {
  test("counts without any fault raise none", () => {
    expect(device(clean)).toEqual([]);
  });

  test.each([
    { fault: "dead", rules: ["dead"], slack: 0 },
    { fault: "stuck", rules: ["flat-line"], slack: 1 },
    { fault: "half", rules: ["sibling-step"], slack: 1 },
    { fault: "double", rules: ["repeated-day", "double-count"], slack: 1 },
    { fault: "clock", rules: ["clock-shift"], slack: 1 },
    { fault: "drift", rules: ["drift", "sibling-step"], slack: 6 },
  ] as const)("$fault is found in its dates, by its rule, and in its series alone", ({ fault, rules, slack }) => {
    const to = fault === "drift" ? FROM + 28 : TO;
    const flags = device(changed(clean, 2, (series) => damage(series, { fault, perDay: 24, from: FROM, to })));
    expect(flags.filter(({ series }) => series !== "door 2")).toEqual([]);
    for (const { rule } of flags) expect(rules).toContain(rule);
    const days = daysOf(flags, "door 2");
    expect(days).toEqual(expect.arrayContaining(span(FROM + slack, to - slack)));
    expect(days.filter((day) => day < FROM - slack || day >= to + slack)).toEqual([]);
  });

  test("a step that counts each twice but not exactly is a double count", () => {
    const flags = device(
      changed(clean, 2, (series) => {
        for (let slot = FROM * 24; slot < TO * 24; slot++) series[slot] = Math.round(series[slot]! * 1.93);
      }),
    );
    expect(new Set(flags.map(({ rule }) => rule))).toEqual(new Set(["double-count"]));
    expect(daysOf(flags, "door 2")).toEqual(span(FROM, TO));
  });

  test("-30 % is found with ten dates of it and nothing after", () => {
    const days = FROM + 10;
    const cut = { ...clean, days, values: clean.values.map((series) => series.slice(0, days * 24)) };
    const flags = device(
      changed(cut, 1, (series) => damage(series, { fault: "half", perDay: 24, from: FROM, to: days })),
    );
    expect(daysOf(flags, "door 1")).toEqual(expect.arrayContaining(span(FROM + 1, days)));
  });

  test("directions that changed places are found in both series", () => {
    const lines = withDirections(madePanel({ perHour: 300, doors: 3, days: 400 }), new Random(5));
    const { panel, injected } = reverse(lines, new Random(6));
    const flags = device(panel).filter(({ rule }) => rule === "reversed-line");
    const long = injected.filter(({ from, to }) => to - from >= 7);
    expect(long.length).toBeGreaterThan(2);
    for (const { series, from, to } of long) {
      expect(daysOf(flags, panel.names[series]!)).toEqual(expect.arrayContaining(span(from + 1, to - 1)));
    }
  });

  test("a load that came twice is named and its value kept", () => {
    const loads = clean.values.map((series) => new Uint8Array(series.length).fill(1));
    loads[0]!.fill(2, 48, 96);
    const { flags, isMissing } = judgePanel({ ...clean, loads });
    expect(flags).toMatchObject([{ series: "door 0", rule: "duplicate", from: 48, to: 96, kind: "device" }]);
    expect(isMissing[0]!.subarray(48, 96)).toEqual(new Uint8Array(48));
  });

  test("what a device watched a part of is partial", () => {
    const coverage = clean.values.map((series) => new Float32Array(series.length).fill(1));
    coverage[3]![500] = 0.4;
    expect(device({ ...clean, coverage })).toMatchObject([{ series: "door 3", rule: "partial", from: 500, to: 501 }]);
  });

  test("the date on which a daily counter came back is partial", () => {
    const daily = madePanel({ step: "day" });
    const flags = device(
      changed(daily, 0, (series) => {
        series.fill(0, 100, 103);
        series[103] = Math.round(series[103]! * 0.4);
      }),
    );
    expect(flags.map(({ rule, from, to }) => ({ rule, from, to }))).toEqual([
      { rule: "dead", from: 100, to: 103 },
      { rule: "partial", from: 103, to: 104 },
    ]);
  });
});

describe("what the world explains", () => {
  const all = (panel: Panel, change: (series: Float64Array) => void): Panel =>
    panel.names.reduce((made, _, i) => changed(made, i, change), panel);

  test("a month in which all places lose 60 % is a shock and nobody's fault", () => {
    const { flags } = judgePanel(
      all(clean, (series) => {
        for (let slot = FROM * 24; slot < (FROM + 30) * 24; slot++) series[slot] = Math.round(series[slot]! * 0.4);
      }),
    );
    expect(flags.filter(({ kind }) => kind === "device")).toEqual([]);
    expect(flags.some(({ rule }) => rule === "shock")).toBe(true);
  });

  test("zeros of a closed date are explained, and only by the calendar", () => {
    const notes = new Map([["2024-04-10", { isClosed: true }]]);
    const closed = all({ ...clean, notes }, (series) => series.fill(0, 100 * 24, 101 * 24));
    const { flags } = judgePanel(closed);
    expect(new Set(flags.map(({ rule, kind }) => `${rule} ${kind}`))).toEqual(
      new Set(["calendar explained", "dead explained"]),
    );
  });

  test("doors of a small shop that are all at zero are a shop that is shut", () => {
    const shop = madePanel({ perHour: 4 });
    expect(device(all(shop, (series) => series.fill(0, 100 * 24, 101 * 24)))).toEqual([]);
  });

  test("a fair that triples two evenings is no double count", () => {
    const flags = device(
      changed(clean, 2, (series) => {
        for (const day of [120, 121, 122]) for (let hour = 17; hour < 22; hour++) series[day * 24 + hour]! *= 6;
      }),
    );
    expect(flags).toEqual([]);
  });

  test("one series alone that halves for weeks is not called broken: nothing says that its street has not", () => {
    const alone = madePanel({ doors: 1, step: "day" });
    expect(
      device(
        changed(alone, 0, (series) => {
          for (let day = 100; day < 140; day++) series[day] = Math.round(series[day]! * 0.5);
        }),
      ),
    ).toEqual([]);
  });
});

test("raw values are never changed and the same panel gives the same flags", () => {
  const panel = changed(clean, 2, (series) => damage(series, { fault: "dead", perDay: 24, from: FROM, to: TO }));
  const before = panel.values.map((series) => series.slice());
  const first = judgePanel(panel);
  expect(panel.values).toEqual(before);
  expect(judgePanel(panel)).toEqual(first);
});
