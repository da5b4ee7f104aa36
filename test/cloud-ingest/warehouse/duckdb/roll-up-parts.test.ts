import { expect, test } from "vitest";
import { daysOf, partsOf } from "../../../../cloud-ingest/warehouse/duckdb/roll-up-parts.ts";
import type { StoreDates } from "../../../../cloud-ingest/warehouse/port.ts";
import { SHIBUYA } from "../rows.ts";

const store = (name: string) => ({ ...SHIBUYA, store: name });
const dates = (count: number) =>
  Array.from({ length: count }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10));
const shortly = (parts: Iterable<readonly StoreDates[]>) =>
  [...parts].map((part) => part.map((one) => `${one.store.store} ${one.dates.map((date) => date.slice(8))}`));

test("each day comes once, the oldest of all stores first", () => {
  const work = [
    { store: store("a"), dates: ["2026-01-03", "2026-01-01", "2026-01-03"] },
    { store: store("b"), dates: ["2026-01-02"] },
  ];
  expect(daysOf(work).map((day) => `${day.store.store} ${day.date}`)).toEqual([
    "a 2026-01-01",
    "b 2026-01-02",
    "a 2026-01-03",
  ]);
  expect(shortly(partsOf(daysOf(work), 2))).toEqual([["a 01", "b 02"], ["a 03"]]);
});

test("a part ends at so many days, in the middle of a date too", () => {
  const work = ["a", "b", "c"].map((name) => ({ store: store(name), dates: dates(2) }));
  expect(shortly(partsOf(daysOf(work), 4))).toEqual([
    ["a 01,02", "b 01", "c 01"],
    ["b 02", "c 02"],
  ]);
  expect(shortly(partsOf(daysOf(work), 6))).toEqual([["a 01,02", "b 01,02", "c 01,02"]]);
  expect(shortly(partsOf(daysOf([]), 6))).toEqual([]);
});

test("a part has a month of dates at most", () => {
  const work = ["a", "b"].map((name) => ({ store: store(name), dates: dates(40) }));
  const sizes = [...partsOf(daysOf(work), 1000)].map((part) => part.map((one) => one.dates.length));
  expect(sizes).toEqual([
    [31, 31],
    [9, 9],
  ]);
});
