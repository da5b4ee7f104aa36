import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { daysBefore, makeDays } from "../../../../cloud-ingest/forecast/days/make-days.ts";
import { fitChampion } from "../../../../cloud-ingest/forecast/fit.ts";
import { OUR_MEMBERS } from "../../../../cloud-ingest/forecast/members/all.ts";
import { openOnnxMember } from "../../../../cloud-ingest/forecast/onnx/onnx-member.ts";
import type { Context, History } from "../../../../cloud-ingest/forecast/port.ts";
import { predict } from "../../../../cloud-ingest/forecast/predict.ts";
import { withMembers } from "../../../../cloud-ingest/forecast/with-members.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { madeHistory, WEEK } from "../made-history.ts";
import { forecasterFile, madeForecaster } from "./made-forecaster.ts";

const PLAIN: Context = { calendars: [new Map()] };
const FRIDAY = 4;

async function foretold(file: string, history: History, horizon: number) {
  const days = daysBefore(makeDays(history, PLAIN, horizon), history.days);
  const member = await openOnnxMember(file);
  return (await (await member.fit(days)).predict(days, horizon)).map((values) => Array.from(values));
}

test.each(["series", 1])(
  "a model of %s series at once: each gets its own week, as far ahead as is asked",
  async (series) => {
    const history = madeHistory({ days: 70, names: Array.from({ length: 40 }, (_, i) => `shop ${i}`) });
    const forecast = await foretold(await forecasterFile({ series }), history, 33);
    expect(forecast).toHaveLength(40);
    for (const [i, values] of forecast.entries())
      expect(values).toEqual(Array.from({ length: 33 }, (_, h) => (i + 1) * WEEK[h % 7]!));
  },
);

test("what is not known is as on the same weekday before, and the model is told; a place where nobody was is not asked", async () => {
  const history = madeHistory({ days: 70, names: ["shop", "empty"] });
  history.values[0]![63 + FRIDAY] = Number.NaN;
  history.values[1]!.fill(0);
  const [shop, empty] = await foretold(await forecasterFile(), history, 7);
  expect(shop).toEqual(WEEK);
  expect(empty).toEqual(WEEK.map(() => 0));
  const [seen] = await foretold(await forecasterFile({ kind: "known" }), history, 7);
  expect(seen).toEqual(WEEK.map(() => 13));
});

test("a history shorter than the model looks back is filled up", async () => {
  const [shop] = await foretold(await forecasterFile({ past: 400 }), madeHistory({ days: 21 }), 7);
  expect(shop).toEqual(WEEK);
});

test("the calendar begins with the first date looked back on, and goes on over the dates ahead", async () => {
  const [shop] = await foretold(await forecasterFile({ kind: "weekday" }), madeHistory({ days: 66 }), 20);
  expect(shop).toEqual(Array.from({ length: 20 }, (_, h) => 100 * ((66 + h) % 7)));
});

test("less than nobody is nobody", async () => {
  const [shop] = await foretold(await forecasterFile({ kind: "negative" }), madeHistory({ days: 70 }), 7);
  expect(shop).toEqual(WEEK.map(() => 0));
});

test.each([
  { name: "another input", made: { ports: { people: "x" } }, error: /wants an input "x"; known are people/ },
  { name: "another output", made: { ports: { forecast: "y" } }, error: /"forecast" float32 .* is needed; it has "y"/ },
  { name: "a free past", made: { past: "past" }, error: /"people" has a free number of dates/ },
  { name: "a short past", made: { past: 13 }, error: /has 13 dates; a fixed one from 14 to 1100/ },
  { name: "three series at once", made: { series: 3 }, error: /of 3 series; 1 or free/ },
  { name: "three days ahead", made: { kind: "three days" as const }, error: /"forecast" has 3 dates/ },
  {
    name: "other sizes than it says",
    made: { kind: "people" as const, series: 1 },
    error: /it gave \[1, 2\] in place of \[1, 14\]/,
  },
  { name: "64-bit whole numbers", made: { ports: { element: "int64" as const } }, error: /cannot forecast: / },
  { name: "no number", made: { kind: "nan" as const }, error: /gave NaN, which is no number of people/ },
  { name: "chance", made: { kind: "chance" as const }, error: /other numbers the second time/ },
])("a model with $name is refused in words", async ({ made, error }) => {
  const file = await forecasterFile(made);
  await expect(openOnnxMember(file)).rejects.toMatchObject({
    ...{ code: "USAGE", message: expect.stringMatching(error), hint: expect.stringContaining("ONNX") },
  });
});

test.each([
  { name: "nothing", make: async () => {}, error: /there is no such file/ },
  { name: "a folder", make: (file: string) => mkdir(file), error: /it is a folder, not a file/ },
  { name: "a text", make: (file: string) => writeFile(file, "no model"), error: /cannot forecast: / },
  {
    name: "half a model",
    make: (file: string) => writeFile(file, madeForecaster().subarray(0, 200)),
    error: /cannot forecast: /,
  },
  {
    name: "more than 256 MiB",
    make: async (file: string) => {
      await writeFile(file, madeForecaster());
      await truncate(file, 256 * 1024 * 1024 + 1);
    },
    error: /it is larger than 262144 KiB/,
  },
])("$name in the place of a model is refused in words", async ({ make, error }) => {
  const file = join(await tempDir(), "m.onnx");
  await make(file);
  await expect(openOnnxMember(file)).rejects.toThrow(error);
});

test("a model that never ends is given up, and its process with it", async () => {
  const file = await forecasterFile({ kind: "endless", series: 1 });
  await expect(openOnnxMember(file, { timeLimitMs: 3_000 })).rejects.toThrow(/it gave nothing within 3 s/);
});

test("a model that takes seconds for a run is refused", async () => {
  const file = await forecasterFile({ kind: "slow", series: 1 });
  await expect(openOnnxMember(file)).rejects.toThrow(/one run takes \d+ ms of a processor, at most 2000 are allowed/);
});

const FEW = OUR_MEMBERS.filter(({ name }) => name !== "boosted-trees");

test("a model that is far off has no say; without past origins none has", async () => {
  const history = madeHistory({ days: 140, noise: 0.1 });
  const members = [...FEW, await openOnnxMember(await forecasterFile({ kind: "tenfold" }))];
  const champion = await fitChampion(history, PLAIN, { horizonDays: 28, members });
  for (const weights of champion.series.shop!.weights) expect(weights.at(-1)).toBeLessThan(1e-6);
  const young = await fitChampion(madeHistory({ days: 30 }), PLAIN, { horizonDays: 28, members });
  for (const weights of [...young.series.shop!.weights, ...young.pooled.weights]) {
    expect(weights.at(-1)).toBe(0);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
  }
});

test("a model that is as good as the best has a say, by evidence alone", async () => {
  const history = madeHistory({ days: 140, noise: 0.1 });
  const members = [...FEW, await openOnnxMember(await forecasterFile())];
  const { series } = await fitChampion(history, PLAIN, { horizonDays: 28, members });
  const [naive, , , onnx] = series.shop!.weights[0]!;
  // It says what the seasonal naive says, which counts less as the floor.
  expect(onnx! / naive!).toBeCloseTo(1 / 0.3, 4);
});

test("a champion goes on without its model, the weights of the others in their proportion; another file is not the model it knew", async () => {
  const history = madeHistory({ days: 140, noise: 0.1 });
  const member = await openOnnxMember(await forecasterFile());
  const champion = await fitChampion(history, PLAIN, { horizonDays: 28, members: [...FEW, member] });
  const without = withMembers(
    champion,
    FEW.map(({ name }) => name),
  );
  const [a, b] = [champion.series.shop!.weights[0]!, without.series.shop!.weights[0]!];
  expect(b.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  expect(b[1]! / b[2]!).toBeCloseTo(a[1]! / a[2]!, 9);
  const { series } = await predict(without, history, PLAIN, { horizon: 7, members: FEW });
  expect(series[0]!.yhat[FRIDAY]! / WEEK[FRIDAY]!).toBeCloseTo(1, 0);
  const other = await openOnnxMember(await forecasterFile({ past: 35 }));
  expect(() => other.load(champion.members.onnx)).toThrow(/not the one that the weights were learnt with/);
});
