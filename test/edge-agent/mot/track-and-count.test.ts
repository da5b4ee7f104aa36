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

test("tracks a file, frame for frame, from the first on", async () => {
  const { outPath, result } = await walked();
  const lines = (await readFile(outPath, "utf8")).trim().split("\n");
  expect(result).toEqual({ frames: 60, tracks: 1, warnings: [] });
  expect(lines[0]).toMatch(/^1,1,\d+\.\d\d,\d+\.\d\d,\d+\.\d\d,\d+\.\d\d,0\.9000,-1,-1,-1$/);
  expect(lines.length).toBe(60);
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

/** The same walk with this in its seventh column. */
async function scored(column: string) {
  const dir = await tempDir();
  const detectionsPath = join(dir, "det.txt");
  const rows = Array.from({ length: 60 }, (_, k) => `${k + 1},-1,${300 + 8 * k},400,40,100${column}`);
  await writeFile(detectionsPath, `${rows.join("\n")}\n`);
  return trackFile({ detectionsPath, outPath: join(dir, "tracks.txt"), ...PICTURE });
}

test.each([",-1,-1,-1,-1", ",-1.0", ",,-1,-1,-1", ",", "", ",1"])(
  "no score is a sure one: 0.9 and %j track alike",
  async (column) => {
    expect(await scored(column)).toEqual({ frames: 60, tracks: 1, warnings: [] });
  },
);

test.each([
  { name: "all scores are too low", column: ",0.05,-1", says: "no row has a score of 0.6 or more" },
  { name: "raw scores of a detector, all negative", column: ",-0.7", says: "the best is -0.7" },
])("a file of which nothing can be used is an error: $name", async ({ column, says }) => {
  await expect(scored(column)).rejects.toMatchObject({
    code: "TRACKS_INVALID",
    message: expect.stringContaining(says),
  });
});

test("scores of another scale are used, and told", async () => {
  expect(await scored(",87")).toMatchObject({ tracks: 1, warnings: [expect.stringContaining("scores go up to 87")] });
});

test("boxes outside the picture, people seen too shortly, and files without tracks are told", async () => {
  const dir = await tempDir();
  const write = async (text: string) => {
    const path = join(dir, "rows.txt");
    await writeFile(path, text);
    return path;
  };
  const outPath = join(dir, "tracks.txt");
  await expect(
    trackFile({ detectionsPath: await write("1,-1,5000,1,40,100,1\n"), outPath, ...PICTURE }),
  ).rejects.toMatchObject({ code: "TRACKS_INVALID", message: expect.stringContaining("no box lies in a picture") });
  expect(await trackFile({ detectionsPath: await write("1,-1,1,1,40,100,1\n"), outPath, ...PICTURE })).toMatchObject({
    tracks: 0,
    warnings: [expect.stringContaining("nobody was followed")],
  });
  const count = async (text: string) =>
    (await countFile({ tracksPath: await write(text), ...PICTURE, lines: [LINE], zones: [] })).warnings;
  expect(await count("")).toEqual(["the file has no tracks"]);
  expect(await count("1,1,5000,1,40,100,1\n2,1,500,500,40,100,1\n")).toEqual([
    "1 of 2 boxes stand outside a picture of 1000x1000 pixels",
  ]);
  expect(await count("1,1,500,500,40,100,1\n")).toEqual([]);
});

test("an output that cannot be written is told before anything is tracked", async () => {
  const { outPath } = await walked();
  const options = { detectionsPath: outPath, outPath: "/nowhere/tracks.txt", ...PICTURE };
  await expect(trackFile(options)).rejects.toMatchObject({
    code: "USAGE",
    message: expect.stringContaining("/nowhere"),
  });
});
