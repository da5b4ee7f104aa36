import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../firmware-config/kit/package-root.ts";
import { isInstalled, startKazoe } from "../support/processes.ts";
import { sharedFile } from "../support/sample.ts";
import { tempDir } from "../support/temp-dir.ts";

const run = promisify(execFile);
const PYTHON = "/usr/bin/python3";
const CONFIG = join(PACKAGE_ROOT, "test", "fixtures", "pets.device.yaml");
const TRUTH = sharedFile("mot", "PETS09-S2L1", "gt.txt");
const hasJudge = TRUTH !== undefined && (await isInstalled(PYTHON, "-c", "import scipy"));
const hasFfmpeg = await isInstalled("ffmpeg", "-version");
if (!hasJudge) console.warn("skipped: accuracy needs the shared data beside the checkout, and scipy");

/** Figures of the yardstick for a result file. */
async function judge(tracks: string) {
  const lines = sharedFile("mot", "PETS09-S2L1", "lines.json") ?? "";
  const tool = join(PACKAGE_ROOT, "..", "shared", "tools", "mot_eval.py");
  const { stdout } = await run(PYTHON, [tool, TRUTH ?? "", tracks, "--lines", lines]);
  const rows = stdout.trim().split("\n");
  return { ...JSON.parse(rows[0] ?? "{}"), ...JSON.parse(rows.at(-1) ?? "{}") };
}

async function kazoe(...args: string[]): Promise<string> {
  const process = startKazoe(args);
  expect(await process.exited, process.output()).toBe(0);
  return process.output();
}

/** Replays the film as the shop's camera would give it, at the configuration's fps. */
async function replayed(config: string) {
  const out = await tempDir();
  const [video, model] = [sharedFile("video", "vtest.avi") ?? "", sharedFile("model", "yolox_nano.onnx") ?? ""];
  await kazoe("replay", "--config", config, "--video", video, "--model", model, "--out", out);
  const summary = JSON.parse(await readFile(join(out, "summary.json"), "utf8"));
  return { summary, tracks: join(out, "tracks.txt") };
}

test.skipIf(!hasJudge || !hasFfmpeg)(
  "a video through YOLOX, as live at 10 fps: HOTA, MOTA, IDF1 and crossings",
  { timeout: 300_000 },
  async () => {
    const { summary, tracks } = await replayed(CONFIG);
    const figures = await judge(tracks);
    console.info(figures);
    expect(figures.HOTA).toBeGreaterThanOrEqual(0.6);
    expect(figures.MOTA).toBeGreaterThanOrEqual(0.78);
    expect(figures.IDF1).toBeGreaterThanOrEqual(0.8);
    expect(figures.abs_error).toBeLessThanOrEqual(10);
    const mode = { mode: "as-live", maxFps: 10, shownFrames: 795, frames: 795, unusableFrames: 0 };
    expect(summary).toMatchObject({ ...mode, model: "yolox_nano" });
    expect(Object.keys(summary)).toEqual([
      "mode",
      "maxFps",
      "shownFrames",
      "frames",
      "unusableFrames",
      "warnings",
      "wallS",
      "fps",
      "bareInferenceFps",
      "inferencesPerFrame",
      "personPx",
      "peakRssMb",
      "model",
      "lines",
      "zones",
    ]);
  },
);

test.skipIf(!hasJudge || !hasFfmpeg)(
  "the same at 5 fps works on every second picture, and its crossings hold",
  { timeout: 300_000 },
  async () => {
    const config = join(await tempDir(), "device.yaml");
    await writeFile(config, (await readFile(CONFIG, "utf8")).replace("pace: fast", "pace: fast\n    fps: 5"));
    const { summary, tracks } = await replayed(config);
    expect(summary).toMatchObject({ mode: "as-live", maxFps: 5, shownFrames: 795, frames: 398 });
    const figures = await judge(tracks);
    console.info(figures);
    expect(figures.abs_error).toBeLessThanOrEqual(20);
  },
);

test.skipIf(!hasJudge).each([5, 7, 10])("the tracker alone at %i fps: HOTA", async (fps) => {
  const out = join(await tempDir(), "tracks.txt");
  const detections = sharedFile("mot", "PETS09-S2L1", "det.txt") ?? "";
  await kazoe("track", "--detections", detections, "--fps", String(fps), "--size", "768x576", "--out", out);
  expect((await judge(out)).HOTA).toBeGreaterThanOrEqual(0.38);
});

/** What the yardstick counts on the ground truth. */
const CROSSINGS: Readonly<Record<string, readonly [number, number]>> = {
  "path-west": [9, 6],
  pole: [15, 12],
  "path-middle": [17, 13],
  "road-north": [5, 4],
  "road-south": [3, 5],
  diagonal: [11, 16],
};

test.skipIf(!hasJudge).each([7, 10])("the counters alone at %i fps: at most 4 of 116 wrong", async (fps) => {
  const output = await kazoe(
    "count",
    "--tracks",
    TRUTH ?? "",
    "--fps",
    String(fps),
    "--size",
    "768x576",
    "--config",
    CONFIG,
    "--json",
  );
  const counted: { id: string; in: number; out: number }[] = JSON.parse(output).lines;
  const wrong = counted.map((line) => {
    const [inwards = 0, outwards = 0] = CROSSINGS[line.id] ?? [];
    return Math.abs(line.in - inwards) + Math.abs(line.out - outwards);
  });
  expect(wrong.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(4);
});
