import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { countFile } from "../../../edge-agent/mot/count-file.ts";
import { trackFile } from "../../../edge-agent/mot/track-file.ts";
import type { LineConfig } from "../../../firmware-config/config/geometry.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { LINE } from "../counter/stream.ts";

const SHARED = join(import.meta.dirname, "../../../../shared");
const PETS = join(SHARED, "data/mot/PETS09-S2L1");
const EVALUATOR = join(SHARED, "tools/mot_eval.py");
const PICTURE = { width: 768, height: 576 };
const hasData = existsSync(join(PETS, "det.txt"));
const hasPython = hasData && spawnSync("/usr/bin/python3", ["-c", "import scipy"]).status === 0;

/** Crossings of the ground truth by mot_eval.py: 116 in all. */
const TRUTH = new Map([
  ["path-west", [9, 6]],
  ["pole", [15, 12]],
  ["path-middle", [17, 13]],
  ["road-north", [5, 4]],
  ["road-south", [3, 5]],
  ["diagonal", [11, 16]],
]);

function petsLines(): LineConfig[] {
  const lines: { id: string; from: [number, number]; to: [number, number] }[] = JSON.parse(
    readFileSync(join(PETS, "lines.json"), "utf8"),
  );
  const toUnit = ([x, y]: [number, number]): [number, number] => [x / PICTURE.width, y / PICTURE.height];
  return lines.map(({ id, from, to }) => ({ ...LINE, id, from: toUnit(from), to: toUnit(to) }));
}

async function crossingError(tracksPath: string, fps: number): Promise<number> {
  const { lines } = await countFile({ tracksPath, fps, ...PICTURE, lines: petsLines(), zones: [] });
  return lines.reduce((sum, { id, in: entered, out }) => {
    const [trueIn = 0, trueOut = 0] = TRUTH.get(id) ?? [];
    return sum + Math.abs(entered - trueIn) + Math.abs(out - trueOut);
  }, 0);
}

const needs = "needs ../shared/data/mot";
describe.each([7, 10])(`PETS09-S2L1 at %d pictures per second (${needs})`, (fps) => {
  it.skipIf(!hasData)("counts the crossings of the true tracks", async () => {
    expect(await crossingError(join(PETS, "gt.txt"), fps)).toBeLessThanOrEqual(4);
  });

  it.skipIf(!hasPython)("tracks the public detections far better than SORT (needs python3 with scipy)", async () => {
    const outPath = join(await tempDir(), "tracks.txt");
    await trackFile({ detectionsPath: join(PETS, "det.txt"), fps, ...PICTURE, outPath });
    const output = execFileSync("/usr/bin/python3", [EVALUATOR, join(PETS, "gt.txt"), outPath], { encoding: "utf8" });
    const scores: { HOTA: number; MOTA: number; IDF1: number } = JSON.parse(output);
    expect(scores.HOTA).toBeGreaterThan(0.47);
    expect(scores.IDF1).toBeGreaterThan(0.68);
    expect(scores.MOTA).toBeGreaterThan(0.65);
    expect(await crossingError(outPath, fps)).toBeLessThanOrEqual(12);
  });
});
