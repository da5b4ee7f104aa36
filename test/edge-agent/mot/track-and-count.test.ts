import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { countFile } from "../../../edge-agent/mot/count-file.ts";
import { trackFile } from "../../../edge-agent/mot/track-file.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { LINE, ZONE } from "../counter/stream.ts";

const PICTURE = { fps: 10, width: 1000, height: 1000 };

/** A person who walks from the left to the right for 6 s, by way of a detections file. */
async function walked() {
  const dir = await tempDir();
  const rows = Array.from({ length: 60 }, (_, k) => `${k + 1},-1,${300 + 8 * k},400,40,100,0.9,-1,-1,-1`);
  await writeFile(join(dir, "det.txt"), `${rows.join("\n")}\n`);
  const outPath = join(dir, "tracks.txt");
  return { outPath, result: await trackFile({ detectionsPath: join(dir, "det.txt"), outPath, ...PICTURE }) };
}

test("tracks a file, frame for frame", async () => {
  const { outPath, result } = await walked();
  const lines = (await readFile(outPath, "utf8")).trim().split("\n");
  expect(result).toEqual({ frames: 60, tracks: 1 });
  expect(lines[0]).toMatch(/^4,1,\d+\.\d\d,\d+\.\d\d,\d+\.\d\d,\d+\.\d\d,0\.9000,-1,-1,-1$/);
  expect(lines.length).toBe(57);
});

test("counts a file of tracks, those that the file ends with too", async () => {
  const { outPath } = await walked();
  const result = await countFile({ tracksPath: outPath, ...PICTURE, lines: [LINE], zones: [ZONE] });
  expect(result).toMatchObject({
    frames: 60,
    lines: [{ id: "door", in: 1, out: 0 }],
    zones: [{ id: "shelf", visits: 1, stops: 0 }],
  });
  expect(result.zones[0]?.dwellS).toBeCloseTo(3.6, 0);
});

test("an output that cannot be written is told before anything is tracked", async () => {
  const { outPath } = await walked();
  const options = { detectionsPath: outPath, outPath: "/nowhere/tracks.txt", ...PICTURE };
  await expect(trackFile(options)).rejects.toMatchObject({
    code: "USAGE",
    message: expect.stringContaining("/nowhere"),
  });
});
