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
  {
    name: "a frame that is a time",
    text: "1764144000,1,1,2,3,4\n",
    says: ":1: the frame is not 1 or more, up to 10000000",
  },
  { name: "half a frame", text: "1.5,1,1,2,3,4\n", says: ":1: the frame is not 1 or more" },
  { name: "a negative frame", text: "-1,1,1,2,3,4\n", says: ":1: the frame is not 1 or more" },
  { name: "a side that is not a number", text: "1,1,nan,2,3,4\n", says: ":1: column 3 is not a number" },
  { name: "an infinite side", text: "1,1,1,inf,3,4\n", says: ":1: column 4 is not a number" },
  { name: "a side too large for its notation", text: "1,1,1e999,2,3,4\n", says: ":1: column 3 is not a number" },
  { name: "a hexadecimal side", text: "1,1,0x10,2,3,4\n", says: ":1: column 3 is not a number" },
  { name: "a score that is not a number", text: "1,1,1,2,3,4,NaN\n", says: ":1: column 7 is not a number" },
  { name: "an empty side", text: "1,1,,2,3,4,1\n", says: ":1: column 3 is empty" },
  { name: "an empty frame", text: ",1,1,2,3,4,1\n", says: ":1: column 1 is empty" },
  { name: "an empty id of a track", text: "1,,1,2,3,4,1\n", says: ":1: column 2 is empty" },
  { name: "an empty height", text: "1,1,1,2,3,,1\n", says: ":1: column 6 is empty" },
  { name: "a negative width", text: "1,1,1,2,-3,4\n", says: ":1: the box has no area" },
  { name: "a negative height", text: "1,1,1,2,3,-4\n", says: ":1: the box has no area" },
  { name: "a box beyond all pictures", text: "1,1,1e30,2,3,4\n", says: ":1: the box lies beyond 1000000 pixels" },
  { name: "half an id", text: "1,1.5,1,2,3,4\n", says: ":1: the id is not a whole number" },
  { name: "a second line of headings", text: "1,1,1,2,3,4\nframe,id,x,y,w,h\n", says: ":2: column 1 is not a number" },
  {
    name: "corners for sizes",
    text: "frame,id,x1,y1,x2,y2\n1,1,1,2,3,4\n",
    says: ':1: column 5 is called "x2" and should be the width',
  },
  {
    name: "columns in another order",
    text: "id,frame,x,y,w,h\n",
    says: ':1: column 1 is called "id" and should be the frame',
  },
  { name: "rows that all do not count", text: "1,1,1,2,3,4,0\n2,1,1,2,3,4,0\n", says: ":1: none of 2 rows counts" },
  {
    name: "one id twice in a frame",
    text: "2,1,1,2,3,4\n1,1,1,2,3,4\n2,1,5,6,3,4\n",
    says: ": frame 2 has the id 1 twice",
  },
  { name: "a picture", text: "\u0089PNG\r\n\u001a\n", says: ":1: 1 numbers where at least 6" },
])("refuses $name with the place", async ({ text, says }) => {
  const path = await fileWith(text);
  await expect(readMotRows(path, "tracks")).rejects.toMatchObject({
    code: "TRACKS_INVALID",
    message: expect.stringContaining(`rows.txt${says}`),
  });
});

const ROW = { frames: [12], boxes: [10, 20, 40.5, 60], scores: [0.5] };

test.each([
  { name: "10 columns", text: "12,-1,10,20,30.5,40,0.5,-1,-1,-1", is: ROW },
  { name: "9 columns", text: "12,-1,10,20,30.5,40,0.5,1,0.8", is: ROW },
  { name: "7 columns", text: "12,-1,10,20,30.5,40,0.5", is: ROW },
  { name: "6 columns", text: "12,-1,10,20,30.5,40", is: { ...ROW, scores: [1] } },
  { name: "6 columns and a comma", text: "12,-1,10,20,30.5,40,", is: { ...ROW, scores: [1] } },
  { name: "an empty score that shifts nothing", text: "12,-1,10,20,30.5,40,,0.25,7,8", is: { ...ROW, scores: [1] } },
  { name: "an empty score between tabs", text: "12\t-1\t10\t20\t30.5\t40\t\t0.25", is: { ...ROW, scores: [1] } },
  { name: "a score of -1", text: "12,-1,10,20,30.5,40,-1,0.25", is: { ...ROW, scores: [1] } },
  { name: "a score of 0, which is one", text: "12,-1,10,20,30.5,40,0", is: { ...ROW, scores: [0] } },
  { name: "no id", text: "12,,10,20,30.5,40,0.5", is: ROW },
  { name: "semicolons", text: "12;-1;10;20;30.5;40;0.5", is: ROW },
  { name: "semicolons and decimal commas", text: "12;-1;10;20;30,5;40;0,5", is: ROW },
  { name: "tabs", text: "12\t-1\t10\t20\t30.5\t40\t0.5", is: ROW },
  { name: "spaces", text: "  12   -1 10 20  30.5 40 0.5 -1 -1 -1  ", is: ROW },
  { name: "commas and spaces", text: " 12, -1, 10 , 20, 30.5, 40, 0.5 ", is: ROW },
  { name: "scientific notation", text: "1.2e+01,-1.0e0,1E1,2e1,3.05e1,4e+1,5.0e-1", is: ROW },
  { name: "quotes", text: '"12","-1","10","20","30.5","40","0.5"', is: ROW },
  { name: "blank lines and empty rows", text: "\n  \n12,-1,10,20,30.5,40,0.5\n,,,,,,\n\n", is: ROW },
  { name: "CRLF", text: "12,-1,10,20,30.5,40,0.5\r\n\r\n", is: ROW },
  { name: "CR alone", text: "12,-1,10,20,30.5,40,0.5\r13,-1,10,20,30.5,40,0.5\r", is: { frames: [12, 13] } },
  { name: "a byte order mark", text: "\uFEFF12,-1,10,20,30.5,40,0.5\n", is: ROW },
  { name: "headings", text: "frame,id,bb_left,bb_top,bb_width,bb_height,conf,x,y,z\n12,-1,10,20,30.5,40,0.5", is: ROW },
  { name: "short headings", text: '\uFEFF"Frame";"ID";"x";"y";"w";"h"\r\n12;-1;10;20;30.5;40;0.5', is: ROW },
  { name: "frames out of order", text: "13,-1,1,2,3,4\n2,-1,1,2,3,4\n13,-1,5,6,7,8\n", is: { frames: [2, 13, 13] } },
  { name: "a box partly outside", text: "12,-1,-10.5,-20,30.5,40,0.5", is: { boxes: [-10.5, -20, 20, 20] } },
])("detections with $name", async ({ text, is }) => {
  const rows = await readMotRows(await fileWith(text), "detections");
  const { frames, boxes, scores } = rows;
  expect({ frames: [...frames], boxes: [...boxes], scores: [...scores] }).toMatchObject(is);
});

test("an empty cell shifts nothing in a file of tracks either, and no score counts", async () => {
  const rows = await readMotRows(await fileWith("1,7,1,2,3,4,,0,0\n1,8,1,2,3,4,-1\n1,9,1,2,3,4,0,1,1\n"), "tracks");
  expect([...rows.ids]).toEqual([7, 8]);
  expect([...rows.scores]).toEqual([1, 1]);
});

test.each([
  { name: "a file that is not there", path: "/nowhere/det.txt", says: "there is no such file" },
  { name: "a folder", path: "/", says: "a folder, not a file" },
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
