import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { largestFrame, readMotRows } from "../../../edge-agent/mot/mot-rows.ts";
import { tempDir } from "../../support/temp-dir.ts";

async function fileWith(text: string): Promise<string> {
  const path = join(await tempDir(), "rows.txt");
  await writeFile(path, text);
  return path;
}

test("reads commas and spaces, orders by frame, and leaves out what ground truth does not count", async () => {
  const path = await fileWith("2,7,10,20,30.5,40,1,-1,-1,-1\n\n1 3 1 2 3 4 1\r\n1, 4, 1, 2, 3, 4, 0\n1,5,1,2,3,4\n");
  const rows = await readMotRows(path, "tracks");
  expect([...rows.frames]).toEqual([1, 1, 2]);
  expect([...rows.ids]).toEqual([3, 5, 7]);
  expect([...rows.boxes.subarray(8)]).toEqual([10, 20, 40.5, 60]);
  expect([...rows.scores]).toEqual([1, 1, 1]);
  expect(largestFrame(rows)).toBe(2);
});

test.each([
  { name: "too few numbers", text: "1,2,3\n", says: ":1: 3 numbers where at least 6" },
  { name: "a word", text: "1,1,1,2,3,4,1\n1,x,1,2,3,4\n", says: ":2: column 2 is not a number" },
  { name: "a frame 0", text: "0,1,1,2,3,4\n", says: ":1: the frame is not 1 or more" },
  { name: "a frame too large", text: "1e12,1,1,2,3,4\n", says: ":1: the frame is not 1 or more" },
  { name: "a box without area", text: "1,1,1,2,0,4\n", says: ":1: the box has no area" },
  { name: "a track without id", text: "1,-1,1,2,3,4\n", says: ":1: the id of a track is not 1 or more" },
  { name: "a picture", text: "\u0089PNG\r\n\u001a\n", says: ":1: 1 numbers where at least 6" },
])("refuses $name with the place", async ({ text, says }) => {
  const path = await fileWith(text);
  await expect(readMotRows(path, "tracks")).rejects.toMatchObject({
    code: "TRACKS_INVALID",
    message: expect.stringContaining(`rows.txt${says}`),
  });
});

test.each([
  { name: "a file that is not there", path: "/nowhere/det.txt", says: "there is no such file" },
  { name: "a folder", path: "/", says: "EISDIR" },
])("refuses $name", async ({ path, says }) => {
  await expect(readMotRows(path, "detections")).rejects.toMatchObject({
    code: "TRACKS_INVALID",
    message: expect.stringContaining(says),
  });
});

test("a file without rows holds no tracks, and is no file of detections", async () => {
  const path = await fileWith("\n");
  expect((await readMotRows(path, "tracks")).count).toBe(0);
  await expect(readMotRows(path, "detections")).rejects.toMatchObject({ code: "TRACKS_INVALID" });
});
