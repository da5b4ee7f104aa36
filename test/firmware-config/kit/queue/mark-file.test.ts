import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { inheritMark, MARK_FILE, type Mark, MarkFile, readMark } from "../../../../firmware-config/kit/queue/mark.ts";
import { tempDir } from "../../../support/temp-dir.ts";

const SLOT_BYTES = 512;
const mark = (lastId: number, notes: Readonly<Record<string, string>> = {}): Mark => {
  return { lastId, leftThrough: lastId - 1, notes: new Map(Object.entries(notes)) };
};

function markFile(dir: string): MarkFile {
  const file = new MarkFile(dir);
  onTestFinished(() => file.close());
  return file;
}

/** Overwrites one of the two slots. */
async function spoil(dir: string, slot: 0 | 1): Promise<void> {
  const bytes = await readFile(join(dir, MARK_FILE));
  await writeFile(join(dir, MARK_FILE), bytes.fill("x", slot * SLOT_BYTES + 20, slot * SLOT_BYTES + 30));
}

test("the newest is read, and each write leaves the one before it whole", async () => {
  const dir = await tempDir();
  const file = markFile(dir);
  expect(await readMark(dir)).toBeUndefined();
  for (const lastId of [10, 20, 30]) await file.write(mark(lastId, { boot: `b${lastId}` }));
  expect(await readMark(dir)).toMatchObject(mark(30, { boot: "b30" }));
  expect((await stat(join(dir, MARK_FILE))).size).toBe(2 * SLOT_BYTES);
  expect((await stat(join(dir, MARK_FILE))).mode & 0o777).toBe(0o600);
  // The third write went where the first did.
  await spoil(dir, 1);
  expect(await readMark(dir)).toMatchObject(mark(20, { boot: "b20" }));
  await spoil(dir, 0);
  expect(await readMark(dir)).toBeUndefined();
});

test("after a start it goes on behind what is there, in the other slot", async () => {
  const dir = await tempDir();
  for (const lastId of [1, 2, 3, 4]) {
    const file = new MarkFile(dir);
    await file.write(mark(lastId));
    await file.close();
    expect((await readMark(dir))?.lastId).toBe(lastId);
  }
  await spoil(dir, 0);
  expect((await readMark(dir))?.lastId).toBe(3);
});

test("a thousand writes are each the newest", async () => {
  const dir = await tempDir();
  const file = markFile(dir);
  for (let lastId = 1; lastId <= 600; lastId += 1) await file.write(mark(lastId));
  expect((await readMark(dir))?.lastId).toBe(600);
});

test("notes that do not fit are left out, the last first", async () => {
  const dir = await tempDir();
  const file = markFile(dir);
  const room = (await lengthOf(mark(5, { first: "", second: "" }))) + 8;
  await file.write(mark(5, { first: "1", second: "x".repeat(SLOT_BYTES - room - 1) }));
  expect([...((await readMark(dir))?.notes.keys() ?? [])]).toEqual(["first", "second"]);
  await file.write(mark(5, { first: "1", second: "x".repeat(SLOT_BYTES - room) }));
  expect(await readMark(dir)).toMatchObject(mark(5, { first: "1" }));
  await file.write(mark(6, { first: "x".repeat(SLOT_BYTES), second: "2" }));
  expect(await readMark(dir)).toMatchObject(mark(6));
});

/** Characters of the mark as it is written. */
async function lengthOf(written: Mark): Promise<number> {
  const dir = await tempDir();
  await markFile(dir).write(written);
  return (await readFile(join(dir, MARK_FILE), "latin1")).slice(SLOT_BYTES + 8).trimEnd().length;
}

test("a new folder begins where the mark of the one that was set aside ended", async () => {
  const [old, dir] = [await tempDir(), join(await tempDir(), "new", "queue")];
  expect(await inheritMark(old, dir)).toBe(false);
  await expect(stat(dir)).rejects.toMatchObject({ code: "ENOENT" });
  await markFile(old).write(mark(42, { dropped: "7" }));
  expect(await inheritMark(old, dir)).toBe(true);
  expect(await readMark(dir)).toMatchObject(mark(42, { dropped: "7" }));
  expect((await stat(dir)).mode & 0o777).toBe(0o700);
});

test("a disk that takes no mark fails nothing", async () => {
  const dir = join(await tempDir(), "queue");
  await writeFile(dir, "a file");
  const file = markFile(dir);
  await file.write(mark(1));
  await rm(dir);
  await mkdir(dir);
  // It is given up: should it be written now and then, an old one would be taken for the newest.
  await file.write(mark(2));
  expect(await readMark(dir)).toBeUndefined();
});
