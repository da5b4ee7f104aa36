import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Boxes } from "../../../edge-agent/mot/score/boxes.ts";
import { motScore } from "../../../edge-agent/mot/score/mot-score.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { runTracker, scoreOf, scoreOnTruth } from "./run-tracker.ts";
import { hasSequences, readSequences, TOOLS } from "./sequences.ts";

const PYTHON = "/usr/bin/python3";
const hasFilms = hasSequences();
const hasJudge = hasFilms && spawnSync(PYTHON, ["-c", "import scipy"]).status === 0;

/** One person at x in each frame from 1 on. */
const boxesOf = (rows: readonly (readonly [frame: number, id: number, x: number])[]): Boxes => ({
  count: rows.length,
  frames: Int32Array.from(rows, ([frame]) => frame),
  ids: Int32Array.from(rows, ([, id]) => id),
  boxes: Float32Array.from(rows.flatMap(([, , x]) => [x, 0, x + 10, 20])),
});

test("the truth itself is perfect, nothing is not, and a changed id is a switch", () => {
  const truth = boxesOf([1, 2, 3, 4].map((frame) => [frame, 1, 10 * frame]));
  expect(motScore(truth, truth)).toEqual({ hota: 1, idf1: 1, mota: 1, switches: 0 });
  expect(motScore(truth, boxesOf([]))).toEqual({ hota: 0, idf1: 0, mota: 0, switches: 0 });
  const changed = motScore(truth, boxesOf([1, 2, 3, 4].map((frame) => [frame, frame > 2 ? 7 : 8, 10 * frame])));
  expect(changed).toMatchObject({ idf1: 0.5, mota: 0.75, switches: 1 });
  expect(changed.hota).toBeCloseTo(Math.sqrt(0.5));
});

test.skipIf(!hasJudge)("agrees with mot_eval.py (needs ../shared/data/mot and python3 with scipy)", async () => {
  const [pets] = await readSequences();
  if (!pets) return;
  const found = runTracker(pets.detections, pets);
  const path = join(await tempDir(), "tracks.txt");
  const rowOf = (i: number) => {
    const [left = 0, top = 0, right = 0, bottom = 0] = found.boxes.subarray(4 * i, 4 * i + 4);
    return `${found.frames[i]},${found.ids[i]},${left},${top},${right - left},${bottom - top},1`;
  };
  writeFileSync(path, Array.from({ length: found.count }, (_, i) => rowOf(i)).join("\n"));
  const output = execFileSync(PYTHON, [join(TOOLS, "mot_eval.py"), join(pets.folder, "gt.txt"), path], {
    encoding: "utf8",
  });
  const judged: { HOTA: number; IDF1: number; MOTA: number; IDSW: number } = JSON.parse(output);
  const own = motScore(pets.truth, found);
  expect(own.hota).toBeCloseTo(judged.HOTA, 3);
  expect(own.idf1).toBeCloseTo(judged.IDF1, 3);
  expect(own.mota).toBeCloseTo(judged.MOTA, 3);
  expect(own.switches).toBe(judged.IDSW);
});

/** The best of the open trackers at their defaults, each figure by itself: measured 2026-11-27. */
const PEERS = [
  { name: "PETS09-S2L1", hota: 0.373, idf1: 0.474, mota: 0.596 },
  { name: "KITTI-17", hota: 0.479, idf1: 0.74, mota: 0.586 },
  { name: "Venice-2", hota: 0.313, idf1: 0.403, mota: 0.191 },
  { name: "ADL-Rundle-6", hota: 0.345, idf1: 0.484, mota: 0.368 },
];

test.skipIf(!hasFilms).each(PEERS)(
  "people are followed better than by any peer: $name (needs ../shared/data/mot)",
  async (peer) => {
    const film = (await readSequences()).find(({ name }) => name === peer.name);
    if (!film) return;
    const { hota, idf1, mota } = scoreOf(film);
    expect(hota).toBeGreaterThan(1.1 * peer.hota);
    expect(idf1).toBeGreaterThan(1.1 * peer.idf1);
    expect(mota).toBeGreaterThan(1.1 * peer.mota);
    expect(scoreOnTruth(film).hota).toBeGreaterThan(0.9);
  },
);
