import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../../firmware-config/kit/package-root.ts";
import { madeForecaster } from "../../cloud-ingest/forecast/onnx/made-forecaster.ts";
import { runnableYolox } from "../../models/support/made-models.ts";
import { tempDir } from "../../support/temp-dir.ts";

const DIST = join(PACKAGE_ROOT, "dist");
const DETECTOR = join(DIST, "edge-agent/detector");

/** Runs JavaScript in a process of its own, for a user whose home is empty, and gives what then lies in it and what it said. */
async function homeAfter(code: string) {
  const [home, dir] = [await tempDir(), await tempDir()];
  const model = join(dir, "m.onnx");
  await writeFile(model, runnableYolox());
  const forecaster = join(dir, "forecaster.onnx");
  await writeFile(forecaster, madeForecaster());
  const { ORT_DISABLE_TELEMETRY, XDG_CACHE_HOME, ...env } = process.env;
  const script = `const model = { path: ${JSON.stringify(model)}, family: "yolox", inputWidth: 96, inputHeight: 64 }; const forecaster = ${JSON.stringify(forecaster)}; ${code}`;
  const file = join(dir, "run.mjs");
  await writeFile(file, script);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { env: { ...env, HOME: home } });
  return { files: await readdir(home, { recursive: true }), said: stdout + stderr };
}

test.each([
  {
    name: "the worker thread",
    code: `const { createDetector } = await import("${DETECTOR}/onnx-detector.js");
      await (await createDetector(model, { threads: 1, minScore: 0.3, nmsIou: 0.6 })).close();`,
  },
  {
    name: "the probe's child",
    code: `const { probeModel } = await import("${DETECTOR}/probe/probe-model.js"); await probeModel(model);`,
  },
  {
    name: "the forecast's thread",
    code: `const { createForecastThread } = await import("${DIST}/cloud-ingest/forecast/forecast-thread.js");
      const history = { step: "day", from: "2026-01-05", days: 60, names: ["a"], values: [new Float64Array(60).fill(9)] };
      const wish = { op: "fit", horizonDays: 7, history, context: { calendars: [new Map()] }, onnx: forecaster };
      const [thread, stay] = [createForecastThread(), setInterval(() => {}, 1000)];
      const { word, champion } = await thread.ask(wish, new AbortController().signal);
      if (word !== undefined || !champion.members.onnx) console.log("not asked", word);
      clearInterval(stay);
      await thread.close();`,
  },
  {
    name: "this process",
    code: `const { InferenceSession } = await import("${DIST}/firmware-config/kit/onnx-runtime.js"); await InferenceSession.create(model.path);`,
  },
])("a model that is loaded in $name leaves no id of the machine behind", async ({ code }) => {
  expect(await homeAfter(code)).toEqual({ files: [], said: "" });
});

test("the library is loaded in one place", async () => {
  const loaders: string[] = [];
  for (const part of ["cloud-ingest", "deploy", "edge-agent", "firmware-config", "models"])
    for (const file of await readdir(join(DIST, part), { recursive: true })) {
      if (!file.endsWith(".js")) continue;
      const isLoader = /(from|import\() ?"onnxruntime-node"/.test(await readFile(join(DIST, part, file), "utf8"));
      if (isLoader) loaders.push(join(part, file));
    }
  expect(loaders).toEqual(["firmware-config/kit/onnx-runtime.js"]);
});
