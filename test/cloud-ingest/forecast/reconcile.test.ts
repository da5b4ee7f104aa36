import { expect, test } from "vitest";
import { type ForecastNode, reconcile } from "../../../cloud-ingest/forecast/reconcile.ts";

/** A forecast with a symmetric interval. */
function node(name: string, value: number, half: number, parent?: string): ForecastNode {
  const of = (number: number) => Float64Array.of(number);
  const least = (number: number) => of(Math.max(0, number));
  return {
    name,
    ...(parent !== undefined && { parent }),
    yhat: of(value),
    lo80: least(value - half),
    hi80: of(value + half),
    lo95: least(value - 1.5 * half),
    hi95: of(value + 1.5 * half),
  };
}

const valuesOf = (nodes: readonly ForecastNode[]) =>
  Object.fromEntries(nodes.map(({ name, yhat }) => [name, yhat[0]!]));

test("three levels add up", () => {
  const nodes = [
    node("tenant", 1000, 100),
    node("a", 420, 40, "tenant"),
    node("b", 500, 80, "tenant"),
    node("a1", 200, 20, "a"),
    node("a2", 190, 30, "a"),
    node("b1", 530, 60, "b"),
  ];
  const found = valuesOf(reconcile(nodes));
  expect(found.a1! + found.a2!).toBeCloseTo(found.a!, 9);
  expect(found.b1!).toBeCloseTo(found.b!, 9);
  expect(found.a! + found.b!).toBeCloseTo(found.tenant!, 9);
});

test("two doors of one store are as weighted least squares has it", () => {
  // min (s - 120)^2/16 + (x - 60)^2/4 + (y - 40)^2/12 with s = x + y: s = 100 + 20 * 16/(16+16) = 110, x + 10 * 4/16, y + 10 * 12/16.
  const half = (variance: number) => 1.2816 * Math.sqrt(variance);
  const found = valuesOf(
    reconcile([node("s", 120, half(16)), node("x", 60, half(4), "s"), node("y", 40, half(12), "s")]),
  );
  expect(found.s).toBeCloseTo(110, 9);
  expect(found.x).toBeCloseTo(62.5, 9);
  expect(found.y).toBeCloseTo(47.5, 9);
});

test("the surer forecast moves less", () => {
  const [sure, unsure] = [
    reconcile([node("s", 100, 1), node("x", 50, 20, "s")]),
    reconcile([node("s", 100, 20), node("x", 50, 1, "s")]),
  ];
  expect(valuesOf(sure).s).toBeGreaterThan(99);
  expect(valuesOf(unsure).s).toBeLessThan(51);
});

test("a door that nobody uses, and a store that is closed, keep bounds that are numbers", () => {
  for (const [store, used] of [
    [100, 100],
    [0, 0],
  ] as const) {
    const all = reconcile([
      node("store", store, store / 10),
      node("used", used, used / 10, "store"),
      node("unused", 0, 0, "store"),
    ]);
    for (const { name, yhat, lo80, hi80, lo95, hi95 } of all) {
      expect([lo80[0], hi80[0], lo95[0], hi95[0]].every(Number.isFinite)).toBe(true);
      expect(yhat[0]).toBeCloseTo(name === "unused" ? 0 : used, 6);
    }
  }
});

test("nobody gets below 0, and sums still hold", () => {
  const found = reconcile([node("s", 10, 1), node("x", 30, 10, "s"), node("y", 2, 30, "s")]);
  const by = valuesOf(found);
  expect(by.y).toBeGreaterThanOrEqual(0);
  expect(by.x! + by.y!).toBeCloseTo(by.s!, 9);
  for (const { yhat, lo80, hi80, lo95, hi95 } of found) {
    const row = [0, lo95[0]!, lo80[0]!, yhat[0]!, hi80[0]!, hi95[0]!];
    expect(row).toEqual([...row].sort((a, b) => a - b));
  }
});

test("a store without a forecast of its own is its doors', with their doubt", () => {
  const found = reconcile([node("s", Number.NaN, Number.NaN), node("x", 30, 3, "s"), node("y", 40, 4, "s")]);
  expect(found[0]!.yhat[0]).toBeCloseTo(70, 9);
  expect(found[0]!.hi80[0]! - 70).toBeCloseTo(5, 1);
});

test("joined knowledge is surer than either", () => {
  const before = node("x", 50, 10, "s");
  const found = reconcile([node("s", 52, 10), before])[1]!;
  expect(found.hi80[0]! - found.yhat[0]!).toBeLessThan(before.hi80[0]! - before.yhat[0]!);
});

test.each([
  { name: "a parent that is not there", nodes: [node("x", 1, 1, "s")], error: /no forecast of "s"/ },
  { name: "a circle", nodes: [node("x", 1, 1, "y"), node("y", 1, 1, "x")], error: /circle/ },
  { name: "two of one name", nodes: [node("x", 1, 1), node("x", 1, 1)], error: /one name/ },
])("$name is refused", ({ nodes, error }) => {
  expect(() => reconcile(nodes)).toThrow(error);
});
