import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { runnableYolox } from "../models/support/made-models.ts";
import { isInstalled, startKazoe } from "../support/processes.ts";
import { tempDir } from "../support/temp-dir.ts";

const hasFfmpeg = await isInstalled("ffmpeg", "-version");
if (!hasFfmpeg) console.warn("skipped: tests of videos need ffmpeg");

const DEVICE = `tenant: t
store: s
device: cam-01
cameras:
  - id: street
    source: missing.mp4
    lines:
      - { id: door, from: [0.5, 0], to: [0.5, 1] }
detector: { model: mine }
`;

test.runIf(hasFfmpeg)(
  "a model that leaves its batch free is added, listed, checked and replayed alike",
  {
    timeout: 120_000,
  },
  async () => {
    const dir = await tempDir();
    await writeFile(join(dir, "device.yaml"), DEVICE);
    await writeFile(join(dir, "free.onnx"), runnableYolox({ free: "batch and sides" }));
    await promisify(execFile)("ffmpeg", [
      ...["-v", "error", "-f", "lavfi", "-i", "testsrc=s=96x64:r=25:d=2", "-c:v", "mpeg4", join(dir, "video.mp4")],
    ]);
    const kazoeHere = async (...args: string[]) => {
      const process = startKazoe(args, { KAZOE_HOME: dir });
      return { code: await process.exited, output: process.output() };
    };
    const file = join(dir, "free.onnx");
    const added = await kazoeHere("models", "add", file, "--name", "mine", "--licence", "MIT", "--size", "96x64");
    expect(added.code, added.output).toBe(0);
    expect((await kazoeHere("models", "list")).output).toMatch(/mine.*96 x 64.*ready/);
    const config = join(dir, "device.yaml");
    expect(await kazoeHere("check-config", "--device", config)).toMatchObject({ code: 0 });
    const replayed = ["replay", "--config", config, "--video", join(dir, "video.mp4"), "--out", join(dir, "out")];
    const asLive = await kazoeHere(...replayed);
    expect(asLive.code, asLive.output).toBe(0);
    expect(asLive.output).toContain("20 of 50 frames used, as live at fps 10");
    const summary = JSON.parse(await readFile(join(dir, "out", "summary.json"), "utf8"));
    expect(summary).toMatchObject({ mode: "as-live", maxFps: 10, shownFrames: 50, frames: 20, unusableFrames: 0 });
  },
);
