import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ensureModel } from "../../models/registry.ts";
import { isInstalled, startKazoe } from "../support/processes.ts";
import { MODELS_DIR, sharedFile } from "../support/sample.ts";
import { tempDir } from "../support/temp-dir.ts";

const video = sharedFile("video", "one-by-one.mp4");
const canRun = video !== undefined && (await isInstalled("ffmpeg", "-version"));
if (!canRun) console.warn("skipped: the people at the table need ffmpeg and the shared data beside the checkout");

const DEVICE = `tenant: t
store: s
device: cam-01
cameras:
  - id: room
    source: missing.mp4
    lines:
      - { id: door, from: [0.5, 0], to: [0.5, 1] }
    zones:
      - { id: table, polygon: [[0.42, 0.15], [0.75, 0.15], [0.75, 1], [0.42, 1]], stopS: 8 }
`;

test.skipIf(!canRun)("a real video: six people stop at the table one after another", { timeout: 300_000 }, async () => {
  const dir = await tempDir();
  const config = join(dir, "device.yaml");
  await writeFile(config, DEVICE);
  const model = (await ensureModel("ssdlite-mobilenetv2-300x300", MODELS_DIR)).path;
  const out = join(dir, "out");
  const options = ["--config", config, "--video", video ?? "", "--model", model, "--out", out, "--json"];
  const run = startKazoe(["replay", ...options]);
  expect(await run.exited, run.output()).toBe(0);
  const summary = JSON.parse(await readFile(join(out, "summary.json"), "utf8"));
  console.info(JSON.stringify(summary.zones));
  expect(summary).toMatchObject({ mode: "as-live", maxFps: 10, shownFrames: 1394, frames: 1394 });
  expect(summary.zones[0].stops).toBe(6);
});
