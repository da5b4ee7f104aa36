import { expect, test } from "vitest";
import { clusterDays } from "../../../cloud-ingest/cluster/cluster-days.ts";
import { dateOf, madeWeeks, SHAPES } from "./made-weeks.ts";

test("kinds of days are found, and named by weekdays and holidays", () => {
  const holidays = [35, 72, 101].map(dateOf);
  const panel = madeWeeks(
    [{ name: "shop", shape: SHAPES.commuter, size: 4 }],
    20,
    new Map(holidays.map((date) => [date, { holiday: "h" }])),
  );
  // On holidays people come as on a Sunday.
  for (const date of holidays) {
    const day = Math.round((Date.parse(date) - Date.parse(panel.from)) / 86_400_000);
    const sunday = panel.values[0]?.slice(6 * 24, 7 * 24) ?? [];
    panel.values[0]?.set(sunday, day * 24);
  }
  panel.values[0]?.fill(Number.NaN, 50 * 24, 50 * 24 + 5);
  const report = clusterDays(panel, 0);
  expect(report).toMatchObject({ of: "days", k: 2, splitHalf: 1 });
  expect(report.clusters.map(({ name, size }) => [name.en, name.ja, size])).toEqual([
    ["Mon-Fri", "月〜金", 96],
    ["Sat, Sun, holidays", "土・日・祝日", 43],
  ]);
  expect(report.leftOut).toEqual([{ series: dateOf(50), reason: "hours are not known" }]);
  expect(report.clusters[0]?.shares).toHaveLength(24);
});

test("days that are all alike are one kind", () => {
  const panel = madeWeeks([{ name: "shop", shape: (_, hour) => SHAPES.leisure(0, hour), size: 4 }]);
  expect(clusterDays(panel, 0)).toMatchObject({ k: 1, clusters: [{ size: 140 }] });
});

test("too few days are one kind; quiet ones are left out", () => {
  expect(clusterDays(madeWeeks([{ name: "shop", shape: SHAPES.commuter }], 2), 0)).toMatchObject({ k: 1 });
  const quiet = clusterDays(madeWeeks([{ name: "shop", shape: () => 1 }], 5), 0);
  expect(quiet.leftOut).toHaveLength(35);
});

test("more than five kinds are not looked for", () => {
  const shape = (day: number, hour: number) => (hour >= 2 * day && hour < 2 * day + 3 ? 100 : 0);
  const { k, candidates } = clusterDays(madeWeeks([{ name: "shop", shape }], 26), 0);
  expect(candidates.map((one) => one.k)).toEqual([2, 3, 4, 5]);
  expect(k).toBeLessThanOrEqual(5);
});

test.each([
  { name: "several kinds", shape: SHAPES.commuter },
  { name: "one kind", shape: (_: number, hour: number) => SHAPES.leisure(0, hour) },
])("who reads no candidates gets the same days, and the stable numbers of kinds alone: $name", ({ shape }) => {
  const panel = madeWeeks([{ name: "shop", shape, size: 4 }], 20);
  const { candidates, ...full } = clusterDays(panel, 0);
  const { candidates: few, ...brief } = clusterDays(panel, 0, { isBrief: true });
  expect(brief).toEqual(full);
  const stable = candidates.filter(({ splitHalf }) => splitHalf >= 0.9);
  expect(few).toEqual(stable.map((one) => ({ ...one, ward: undefined })));
});
