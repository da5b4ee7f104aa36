import { rm, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { forecastJob, renewForecastJob } from "../../../../cloud-ingest/jobs/forecast/forecast-job.ts";
import type { DerivedRow } from "../../../../cloud-ingest/warehouse/derived-port.ts";
import type { FakeWarehouse } from "../../../support/fake-warehouse.ts";
import { runJob } from "../../../support/run-job.ts";
import { tokyoStore } from "../../../support/sample-traffic.ts";
import { forecasterFile, madeForecaster } from "../../forecast/onnx/made-forecaster.ts";
import { forecastRig } from "./forecast-rig.ts";

const GROUP = `${tokyoStore.tenant}-1`;
const rowsOf = (warehouse: FakeWarehouse): DerivedRow[] =>
  (warehouse.derivedRows.get("forecast") ?? []).map((row) => ({ ...row, madeAt: "", artefact: "" }));

async function rigWith(file: string) {
  const rig = await forecastRig();
  return { ...rig, parts: { ...rig.parts, config: { ...rig.parts.config, forecastModel: file } } };
}

async function ourRows() {
  const { parts, warehouse } = await forecastRig();
  await runJob(forecastJob(parts));
  return rowsOf(warehouse);
}

test("a model of the configuration is a member, and stands in the artefact with its fingerprint", async () => {
  const { parts, warehouse, log } = await rigWith(await forecasterFile());
  const run = await runJob(forecastJob(parts));
  expect(run).toMatchObject({ forecast: 3, failures: [] });
  expect(JSON.parse(JSON.stringify(run))).not.toHaveProperty("words");
  expect(log.lines.filter((line) => line.includes("left out"))).toEqual([]);
  const model = await parts.artefacts.current(GROUP);
  expect(model?.parameters.members).toBe("seasonal-naive,level-shape,ridge,boosted-trees,onnx");
  expect(model?.champion.members.onnx).toEqual({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(rowsOf(warehouse)[0]?.model).toMatch(/ \+ onnx 0\.\d\d$/);
});

test.each([
  { name: "is missing", make: async (file: string) => rm(file), word: /there is no such file/ },
  { name: "is torn", make: async (file: string) => writeFile(file, "x"), word: /cannot forecast/ },
  {
    name: "gives no number for counts as they are",
    make: async (file: string) => writeFile(file, madeForecaster({ kind: "nan inside" })),
    word: /gave NaN, which is no number of people/,
  },
])("a model that $name: the run says so once, and the others forecast as without it", async ({ make, word }) => {
  const file = await forecasterFile();
  await make(file);
  const { parts, warehouse, log } = await rigWith(file);
  const run = await runJob(forecastJob(parts));
  expect(run).toMatchObject({ forecast: 3, failures: [], words: [expect.stringMatching(word)] });
  expect(log.lines.filter((line) => line.includes("left out"))).toHaveLength(1);
  expect(rowsOf(warehouse)).toEqual(await ourRows());
});

test.each([
  {
    name: "is another by now",
    make: async (file: string) => writeFile(file, madeForecaster({ past: 35 })),
    word: /not the one/,
  },
  { name: "is gone", make: async (file: string) => rm(file), word: /there is no such file/ },
])("the model of a champion $name: the others go on with a word, until the next renewal", async ({ make, word }) => {
  const file = await forecasterFile();
  const { parts, warehouse } = await rigWith(file);
  await runJob(forecastJob(parts));
  await make(file);
  // Another night has another thread.
  const { parts: later } = await forecastRig();
  const run = await runJob(forecastJob({ ...parts, ...(later.thread && { thread: later.thread }) }));
  expect(run).toMatchObject({ forecast: 3, failures: [], words: [expect.stringMatching(word)] });
  const rows = rowsOf(warehouse);
  expect(rows.length).toBeGreaterThan(3 * 90);
  for (const { yhat, model } of rows.filter(({ step }) => step !== "past")) {
    expect(Number.isFinite(yhat)).toBe(true);
    expect(model).not.toMatch(/onnx/);
  }
});

test("a renewal tries a model that is new against what stands, and a champion that stays gives it no weight", async () => {
  const { parts, clock } = await forecastRig();
  await runJob(forecastJob(parts));
  clock.advance(60);
  const config = { ...parts.config, forecastModel: await forecasterFile() };
  expect(await runJob(renewForecastJob({ ...parts, config }))).toMatchObject({ failures: [] });
  const model = await parts.artefacts.current(GROUP);
  expect(model?.trials.map(({ days }) => days)).toEqual([28, 28, 28]);
  for (const { series, isRenewed } of model?.trials ?? []) {
    const [weights = []] = model?.champion.series[series]?.weights ?? [];
    expect(weights).toHaveLength(5);
    expect((weights[4] ?? 0) > 0).toBe(isRenewed);
  }
});
