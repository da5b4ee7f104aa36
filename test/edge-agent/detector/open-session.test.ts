import { join } from "node:path";
import { expect, it } from "vitest";
import { createDetector } from "../../../edge-agent/detector/onnx-detector.ts";
import { openSession } from "../../../edge-agent/detector/open-session.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { frameOf } from "./frames.ts";
import { writeTinyModel } from "./tiny-model.ts";

/** One that ONNX Runtime has on another system alone. */
const ELSEWHERE = process.platform === "win32" ? "coreml" : "dml";

it("runs on the CPU where a provider cannot be had, and says why", async () => {
  const model = await writeTinyModel(join(await tempDir(), "tiny.onnx"));
  const detector = await createDetector(model, { threads: 1, minScore: 0.1, nmsIou: 0.6, provider: ELSEWHERE });
  expect(detector.runsOn).toEqual({
    provider: "cpu",
    fallback: { wanted: ELSEWHERE, reason: expect.stringContaining(`not ${ELSEWHERE}`) },
  });
  expect((await detector.detect(frameOf({ grey: 255 }))).count).toBe(2);
  await detector.close();
});

it.runIf(process.platform === "linux" && process.arch === "x64")("names the file that a provider lacks", async () => {
  const { path } = await writeTinyModel(join(await tempDir(), "tiny.onnx"));
  const { session, runsOn } = await openSession(path, { threads: 1, provider: "tensorrt" });
  await session.release();
  const reason = expect.stringMatching(/libonnxruntime_providers_\w+\.so is not in .+linux.x64; .*README/);
  expect(runsOn).toEqual({ provider: "cpu", fallback: { wanted: "tensorrt", reason } });
});

it("says nothing of a fallback where none was needed", async () => {
  const { path } = await writeTinyModel(join(await tempDir(), "tiny.onnx"));
  const { session, runsOn } = await openSession(path, { threads: 1 });
  expect(runsOn).toEqual({ provider: "cpu" });
  await session.release();
});

it("times each run", async () => {
  const model = await writeTinyModel(join(await tempDir(), "tiny.onnx"));
  const detector = await createDetector(model, { threads: 1, minScore: 0.1, nmsIou: 0.6 });
  const { fps, runsMs } = await detector.timeRuns(new Uint8Array(8 * 4 * 3), 0.05).finally(() => detector.close());
  expect(runsMs.length).toBeGreaterThan(1);
  expect(fps).toBeCloseTo((runsMs.length * 1000) / runsMs.reduce((sum, ms) => sum + ms, 0), 3);
});
