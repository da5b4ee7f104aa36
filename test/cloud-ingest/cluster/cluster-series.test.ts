import { expect, test } from "vitest";
import { clusterSeries } from "../../../cloud-ingest/cluster/cluster-series.ts";
import type { Panel } from "../../../cloud-ingest/quality/panel.ts";
import { FROM, type MadeSeries, madeWeeks, SHAPES } from "./made-weeks.ts";

const KINDS = Object.entries(SHAPES);
/** Eight of each kind, from a kiosk to a station. */
const TOWN: MadeSeries[] = KINDS.flatMap(([kind, shape]) =>
  Array.from({ length: 8 }, (_, i) => ({ name: `${kind} ${i}`, shape, size: 0.3 * 2 ** i })),
);

const kindsOf = (members: readonly string[]) => [...new Set(members.map((name) => name.split(" ")[0]))];

test("series lie with those of their kind, whatever their size, and clusters are named by what they have more of", () => {
  const report = clusterSeries(madeWeeks(TOWN));
  expect(report).toMatchObject({ of: "series", k: 3, splitHalf: 1, leftOut: [], moved: [] });
  expect(report.clusters.map(({ members }) => kindsOf(members))).toEqual(
    expect.arrayContaining([["commuter"], ["leisure"], ["night"]]),
  );
  const nameOf = (kind: string) => report.clusters.find(({ members }) => kindsOf(members)[0] === kind)?.name;
  expect(nameOf("night")).toEqual({ en: "night", ja: "夜型" });
  expect(nameOf("leisure")?.en).toMatch(/afternoon|weekend/);
  expect(nameOf("commuter")?.en).toMatch(/commuter|weekday|morning/);
  expect(new Set(report.clusters.map(({ name }) => name.en)).size).toBe(3);
  for (const { shares } of report.clusters) expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 3);
});

test("who reads no candidates gets the same clusters", () => {
  const [{ candidates: _, ...full }, { candidates: __, ...brief }] = [
    clusterSeries(madeWeeks(TOWN)),
    clusterSeries(madeWeeks(TOWN), { isBrief: true }),
  ];
  expect(brief).toEqual(full);
});

test("the same panel gives the same report", () => {
  const [once, again] = [clusterSeries(madeWeeks(TOWN)), clusterSeries(madeWeeks(TOWN))];
  expect(JSON.stringify(again)).toBe(JSON.stringify(once));
});

test("series that differ by chance alone are one cluster", () => {
  const same = Array.from({ length: 20 }, (_, i) => ({ name: `shop ${i}`, shape: SHAPES.leisure }));
  expect(clusterSeries(madeWeeks(same))).toMatchObject({ k: 1, splitHalf: undefined, clusters: [{ size: 20 }] });
});

test("a kind of which there is one is odd, and no cluster of its own", () => {
  const parade = { name: "odd one", shape: (day: number, hour: number) => (day === 2 && hour === 4 ? 900 : 1) };
  const report = clusterSeries(madeWeeks([...TOWN, parade]));
  expect(report.odd).toContain("odd one");
  expect(Math.min(...report.clusters.map(({ size }) => size))).toBeGreaterThan(1);
});

test("holidays, closures and shocks are not looked at, nor is what is not known", () => {
  const plain = madeWeeks(TOWN);
  const notes = new Map([
    ["2025-01-14", { holiday: "h" }],
    ["2025-02-11", { isClosed: true }],
    ["2025-03-13", { shock: "s" }],
    ["2025-04-09", { event: "e" }],
  ]);
  const wild = (day: number): Panel => ({
    ...plain,
    notes,
    values: plain.values.map((counts) =>
      counts.map((count, slot) => ([...notes.keys()].includes(dateAt(slot)) ? day : count)),
    ),
  });
  const dateAt = (slot: number) =>
    new Date(Date.parse(FROM) + Math.floor(slot / 24) * 86_400_000).toISOString().slice(0, 10);
  expect(clusterSeries(wild(1e6))).toEqual(clusterSeries(wild(Number.NaN)));
});

test("a series too short, too quiet or unknown in many hours is left out and told", () => {
  const panel = madeWeeks([
    ...TOWN,
    { name: "new", shape: SHAPES.night },
    { name: "quiet", shape: () => 0.01 },
    { name: "half", shape: SHAPES.night },
  ]);
  panel.values[24]?.fill(Number.NaN, 0, 16 * 168);
  const half = panel.values[26] ?? new Float64Array();
  for (let slot = 0; slot < half.length; slot++) if (slot % 24 < 8 && slot % 336 < 168) half[slot] = Number.NaN;
  const { leftOut, series } = clusterSeries(panel);
  expect(leftOut).toEqual([
    { series: "new", reason: "too short" },
    { series: "quiet", reason: "too few people" },
    { series: "half", reason: "too many unknown hours" },
  ]);
  expect(series).toHaveLength(24);
});

test("hours of the week that are hardly ever there are hours without people", () => {
  const open = TOWN.map((one) => ({
    ...one,
    shape: (day: number, hour: number) => (hour >= 9 && day < 6 ? one.shape(day, hour) : 0),
  }));
  const panel = madeWeeks(open);
  const isOpen = (slot: number) => slot % 24 >= 9 && slot % 168 < 144;
  // Somebody took stock on three Sundays.
  const isRare = (slot: number) => slot % 168 === 160 && slot < 3 * 168;
  const counted = (value: number, slot: number) => (isOpen(slot) ? value : isRare(slot) ? 50 : Number.NaN);
  const bare = { ...panel, values: panel.values.map((all) => all.map(counted)) };
  const [whole, sparse] = [clusterSeries(panel), clusterSeries(bare)];
  expect(sparse).toMatchObject({ k: whole.k, leftOut: [] });
  expect(sparse.series.map(({ series }) => series)).toEqual(TOWN.map(({ name }) => name));
  for (const { shares } of sparse.clusters)
    expect(shares.filter((_, slot) => slot % 24 < 9 || slot >= 144).every((share) => share === 0)).toBe(true);
});

test("a series of negative counts is left out as such; a few change nothing", () => {
  const plain = madeWeeks(TOWN);
  const below = (every: number, at: number, by: number) => ({
    ...plain,
    values: plain.values.map((all, index) =>
      index === at ? all.map((value, slot) => (slot % every === 0 ? by : value)) : all,
    ),
  });
  expect(clusterSeries(below(5, 2, -3)).leftOut).toEqual([{ series: TOWN[2]?.name, reason: "negative counts" }]);
  expect(clusterSeries(below(25, 2, -3))).toEqual(clusterSeries(below(25, 2, Number.NaN)));
});

test.each([0, 1, 2, 3])("%i series are one cluster", (count) => {
  expect(clusterSeries(madeWeeks(TOWN.slice(0, count)))).toMatchObject({ k: 1, clusters: [{ size: count }] });
});

test("clusters keep their ids from run to run, and who moves is told", () => {
  const first = clusterSeries(madeWeeks(TOWN));
  const changed = TOWN.map((one) => (one.name === "night 3" ? { ...one, shape: SHAPES.leisure } : one));
  // Other sizes of the clusters would number them anew.
  const second = clusterSeries(madeWeeks([...changed].reverse()), { previous: first });
  const idOf = (report: typeof first, name: string) => report.series.find(({ series }) => series === name)?.cluster;
  for (const { name } of TOWN) if (name !== "night 3") expect(idOf(second, name)).toBe(idOf(first, name));
  expect(second.moved).toEqual([{ series: "night 3", from: idOf(first, "night 3"), to: idOf(first, "leisure 1") }]);
});

test.each([0, -4, 1.5, Number.NaN, 1e7])(
  "an earlier id that no run can have given is not taken over: %d",
  (cluster) => {
    const first = clusterSeries(madeWeeks(TOWN));
    const series = first.series.map((one) => (one.cluster === 1 ? { ...one, cluster } : one));
    const { clusters, moved } = clusterSeries(madeWeeks(TOWN), { previous: { of: "series", series } });
    expect(clusters.map(({ id }) => id).sort()).toEqual([2, 3, 4]);
    expect(moved).toEqual([]);
  },
);

test("the client's own segments stand beside", () => {
  const segments = new Map(TOWN.map(({ name }) => [name, name.startsWith("night") ? "bar" : "shop"]));
  const { segments: beside } = clusterSeries(madeWeeks(TOWN), { segments });
  expect(beside?.agreement).toBeGreaterThan(0.3);
  expect(beside?.agreement).toBeLessThan(1);
  expect(beside?.table.map(({ segment, count }) => [segment, count])).toEqual([
    ["bar", 8],
    ["shop", 8],
    ["shop", 8],
  ]);
});
