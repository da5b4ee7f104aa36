import { chmod, cp, readdir, rename, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { DurableQueue, type QueueOptions } from "../../../firmware-config/kit/durable-queue.ts";
import { MARK_FILE } from "../../../firmware-config/kit/queue/mark.ts";
import { canMount, smallDisk } from "../../support/small-disk.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { becomeUnprivileged } from "../../support/unprivileged.ts";
import { breakFolder } from "./queue/broken-folder.ts";

const bytes = (text: string) => Buffer.from(text);
const texts = (entries: readonly { value: Uint8Array }[]) => entries.map(({ value }) => Buffer.from(value).toString());

test("keeps the order, and ids are never used again", async () => {
  const dir = await tempDir();
  const first = await DurableQueue.open(dir);
  expect(await first.append([bytes("a"), bytes("b")])).toEqual([1, 2]);
  await first.removeThrough(2);
  await first.close();
  const second = await DurableQueue.open(dir);
  expect(await second.append([bytes("c")])).toEqual([3]);
  expect(texts(await second.read(0, 10))).toEqual(["c"]);
  await second.close();
});

test("concurrent appends keep the order of their calls", async () => {
  const queue = await DurableQueue.open(await tempDir());
  const ids = await Promise.all(Array.from({ length: 500 }, (_, i) => queue.append([bytes(String(i))])));
  expect(ids.flat()).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
  expect(texts(await queue.read(498, 10))).toEqual(["498", "499"]);
  await queue.close();
});

test("stats count depth and bytes through appends, removals and reopening", async () => {
  const dir = await tempDir();
  const queue = await DurableQueue.open(dir);
  await queue.append([bytes("aa"), bytes("bbb"), bytes("c")]);
  await queue.remove([2, 99]);
  const expected = { depth: 2, bytes: 3, oldestId: 1, lastId: 3, damaged: 0 };
  expect(queue.stats()).toEqual(expected);
  await queue.close();
  const again = await DurableQueue.open(dir);
  expect(again.stats()).toEqual(expected);
  await again.close();
});

test("notes are committed with the entries; an empty note is removed", async () => {
  const dir = await tempDir();
  const queue = await DurableQueue.open(dir);
  await queue.append(
    [bytes("a")],
    new Map([
      ["boot/1", "7"],
      ["other", "x"],
    ]),
  );
  await queue.append([], new Map([["other", ""]]));
  await queue.close();
  const again = await DurableQueue.open(dir);
  expect(again.note("boot/1")).toBe("7");
  expect(again.note("other")).toBeUndefined();
  expect([...again.notes("boot/")]).toEqual([["boot/1", "7"]]);
  await again.close();
});

test("a removal and its notes are committed together", async () => {
  const dir = await tempDir();
  const queue = await DurableQueue.open(dir);
  await queue.append([bytes("a"), bytes("b")]);
  await queue.remove([1], new Map([["dropped", "1"]]));
  await queue.close();
  const again = await DurableQueue.open(dir);
  expect(texts(await again.read(0, 10))).toEqual(["b"]);
  expect(again.note("dropped")).toBe("1");
  await again.close();
});

test("reading from the front does not step over what was removed", async () => {
  const queue = await DurableQueue.open(await tempDir());
  await queue.append(Array.from({ length: 60_000 }, () => bytes("x".repeat(100))));
  await queue.removeThrough(59_000);
  const fastestMs = async (afterId: number) => {
    const times: number[] = [];
    for (let i = 0; i < 10; i++) {
      const startMs = performance.now();
      expect((await queue.read(afterId, 1))[0]?.id).toBe(59_001);
      times.push(performance.now() - startMs);
    }
    return Math.min(...times);
  };
  expect((await fastestMs(0)) / (await fastestMs(59_000))).toBeLessThan(10);
  await queue.close();
});

test("what append resolved for is there although the process never closed", async () => {
  const dir = await tempDir();
  const queue = await DurableQueue.open(dir);
  await queue.append([bytes("kept")]);
  const copy = join(await tempDir(), "copy");
  await cp(dir, copy, { recursive: true });
  const survivor = await DurableQueue.open(copy);
  expect(texts(await survivor.read(0, 10))).toEqual(["kept"]);
  await survivor.close();
  await queue.close();
});

test("a folder in use says so", async () => {
  const dir = await tempDir();
  const queue = await DurableQueue.open(dir);
  await expect(DurableQueue.open(dir)).rejects.toMatchObject({ code: "STORE_LOCKED" });
  await queue.close();
});

test("a path below a file says that it cannot be written", async () => {
  const file = join(await tempDir(), "file");
  await writeFile(file, "");
  await expect(DurableQueue.open(join(file, "queue"))).rejects.toMatchObject({ code: "DISK_UNWRITABLE" });
});

test("a read-only folder says so", async () => {
  const dir = await tempDir();
  await chmod(dir, 0o500);
  await becomeUnprivileged(dir);
  await expect(DurableQueue.open(join(dir, "queue"))).rejects.toMatchObject({ code: "DISK_UNWRITABLE" });
});

test.skipIf(!canMount)("a full disk rejects the append, and the queue works again when there is room", async () => {
  const { dir, remount } = await smallDisk(1);
  const queue = await DurableQueue.open(join(dir, "queue"));
  await queue.append([bytes("first")], new Map([["mark", "1"]]));
  const full = { code: "DISK_FULL", retryable: true };
  await expect(queue.append([Buffer.alloc(1_500_000)])).rejects.toMatchObject(full);
  await expect(queue.append([Buffer.alloc(1_500_000)])).rejects.toMatchObject(full);
  expect(texts(await queue.read(0, 10))).toEqual(["first"]);
  await remount(8);
  await queue.append([bytes("second")]);
  expect(texts(await queue.read(0, 10))).toEqual(["first", "second"]);
  expect(queue.stats()).toEqual({ depth: 2, bytes: 11, oldestId: 1, lastId: 2, damaged: 0 });
  expect(queue.note("mark")).toBe("1");
  await queue.close();
});

/** Values of ten bytes, one file for every two. */
async function inPairs(count: number, options: QueueOptions = {}) {
  const dir = await tempDir();
  const queue = await DurableQueue.open(dir, { segmentBytes: 1, ...options });
  onTestFinished(() => queue.close());
  for (let id = 1; id <= count; id += 2) await queue.append([bytes("0123456789"), bytes("0123456789")]);
  return { dir, queue };
}

const idsOf = (entries: readonly { readonly id: number }[]) => entries.map(({ id }) => id);
const filesIn = async (dir: string) => (await readdir(dir)).filter((name) => name.endsWith(".seg")).sort();

test.each([
  { name: "as many as there are", afterId: 0, limit: 100, ids: [1, 3, 4, 5, 6, 7, 8] },
  { name: "from within a file", afterId: 3, limit: 2, ids: [4, 5] },
  { name: "to the end of a file", afterId: 2, limit: 2, ids: [3, 4] },
  { name: "one", afterId: 1, limit: 1, ids: [3] },
  { name: "nothing behind the last", afterId: 8, limit: 10, ids: [] },
  { name: "exactly so many bytes", afterId: 0, limit: 100, maxBytes: 30, ids: [1, 3, 4] },
  { name: "a byte less", afterId: 0, limit: 100, maxBytes: 29, ids: [1, 3] },
  { name: "one that is larger than the limit", afterId: 4, limit: 100, maxBytes: 9, ids: [5] },
])("reads the oldest up to the limit: $name", async ({ afterId, limit, maxBytes, ids }) => {
  const { queue } = await inPairs(8);
  await queue.remove([2]);
  expect(idsOf(await queue.read(afterId, limit, maxBytes))).toEqual(ids);
});

test("stats follow what leaves, in whole files and in parts of them", async () => {
  const { queue } = await inPairs(8);
  for (const { leave, left } of [
    { leave: () => queue.remove([]), left: { depth: 8, bytes: 80, oldestId: 1 } },
    { leave: () => queue.remove([0, -1, 9, 99]), left: { depth: 8, bytes: 80, oldestId: 1 } },
    { leave: () => queue.removeThrough(0), left: { depth: 8, bytes: 80, oldestId: 1 } },
    { leave: () => queue.remove([4, 2, 2]), left: { depth: 6, bytes: 60, oldestId: 1 } },
    { leave: () => queue.removeThrough(3), left: { depth: 4, bytes: 40, oldestId: 5 } },
    { leave: () => queue.remove([3, 2, 6]), left: { depth: 3, bytes: 30, oldestId: 5 } },
    { leave: () => queue.removeThrough(99), left: { depth: 0, bytes: 0, oldestId: 0 } },
    { leave: () => queue.removeThrough(99), left: { depth: 0, bytes: 0, oldestId: 0 } },
  ]) {
    await leave();
    expect(queue.stats()).toEqual({ ...left, lastId: 8, damaged: 0 });
  }
});

test("what was removed writes nothing when it has left already", async () => {
  const { dir, queue } = await inPairs(8);
  await queue.removeThrough(3);
  const files = await filesIn(dir);
  await queue.removeThrough(3);
  await queue.remove([1, 2, 99]);
  expect(await filesIn(dir)).toEqual(files);
});

test("writers who call in one go share one write", async () => {
  const { dir, queue } = await inPairs(0);
  await Promise.all([queue.append([bytes("a")]), queue.append([bytes("b")]), queue.append([], new Map([["n", "1"]]))]);
  expect(await filesIn(dir)).toHaveLength(1);
  await Promise.all([queue.removeThrough(1), queue.append([bytes("c")])]);
  expect(await filesIn(dir)).toHaveLength(2);
  expect([queue.note("n"), texts(await queue.read(0, 9))]).toEqual(["1", ["b", "c"]]);
});

const MB = 1024 * 1024;

test.each([
  { name: "16 MiB go together", sizes: [8 * MB, 8 * MB], files: 1 },
  { name: "a byte more does not", sizes: [8 * MB, 8 * MB + 1], files: 2 },
  { name: "one that is larger goes alone", sizes: [17 * MB, 1, 1], files: 2 },
])("a write is bounded: $name", async ({ sizes, files }) => {
  const { dir, queue } = await inPairs(0);
  const ids = await Promise.all(sizes.map((size) => queue.append([Buffer.alloc(size)])));
  expect(ids.flat()).toEqual(sizes.map((_, i) => i + 1));
  expect(await filesIn(dir)).toHaveLength(files);
});

test.each([
  { name: "4 MiB by itself", options: {}, files: 3 },
  { name: "as many as it is told", options: { segmentBytes: 1 * MB }, files: 9 },
])("a file is closed when it holds $name", async ({ options, files }) => {
  const dir = await tempDir();
  const queue = await DurableQueue.open(dir, options);
  for (let i = 0; i < 9; i += 1) await queue.append([Buffer.alloc(1 * MB)]);
  expect(await filesIn(dir)).toHaveLength(files);
  await queue.close();
});

test("files whose entries have left stay as long as they are no more than is to be kept, the oldest go first", async () => {
  const { dir, queue } = await inPairs(0, { keepBytes: 200 });
  const value = Buffer.alloc(50);
  for (let i = 0; i < 10; i += 1) await queue.append([value]);
  const before = await filesIn(dir);
  await queue.removeThrough(10);
  const after = await filesIn(dir);
  expect(after).toEqual([...before.slice(-after.length + 1), after.at(-1)]);
  // The newest and the one before it are kept in any case.
  const sizes = await Promise.all(after.slice(0, -2).map(async (name) => (await stat(join(dir, name))).size));
  const kept = sizes.reduce((sum, size) => sum + size, 0);
  expect(kept).toBeLessThanOrEqual(200);
  expect(kept + (sizes[0] ?? 200)).toBeGreaterThan(200);
  expect(queue.oldestKeptId).toBe(Number(after[0]?.split("-")[1]));
});

test("what has left can be brought back from any id on that is kept", async () => {
  const { queue } = await inPairs(8, { keepBytes: 1e6 });
  expect(queue.oldestKeptId).toBe(1);
  await queue.removeThrough(8);
  expect(await queue.restoreAfter(5)).toBe(1);
  expect(queue.stats()).toMatchObject({ depth: 3, bytes: 30, oldestId: 6 });
  expect(await queue.restoreAfter(0)).toBe(1);
  expect(queue.stats()).toMatchObject({ depth: 8, bytes: 80, oldestId: 1 });
});

test("of a queue that keeps nothing nothing older is brought back than what it holds", async () => {
  const { queue } = await inPairs(0);
  expect(queue.oldestKeptId).toBe(1);
  for (let i = 0; i < 8; i += 1) await queue.append([bytes("0123456789")]);
  await queue.removeThrough(8);
  const oldest = queue.oldestKeptId;
  expect(oldest).toBeGreaterThan(6);
  expect(await queue.restoreAfter(0)).toBe(oldest);
  expect(queue.stats()).toMatchObject({ depth: 9 - oldest, bytes: 10 * (9 - oldest) });
});

test("a note stands in the second place too where it is to, as it was at the opening", async () => {
  const dir = await tempDir();
  const open = () => DurableQueue.open(dir, { markedNotes: ["one", "two"] });
  const queue = await open();
  await queue.append(
    [],
    new Map([
      ["one", "1"],
      ["other", "x"],
    ]),
  );
  expect(queue.markedNote("one")).toBeUndefined();
  await queue.close();
  const again = await open();
  expect(["one", "two", "other"].map((key) => again.markedNote(key) || undefined)).toEqual(["1", undefined, undefined]);
  await again.close();
});

test("notes are found by how their names begin", async () => {
  const { queue } = await inPairs(0);
  const notes = { "a/1": "x", "a/2": "y", "b/a/": "z" };
  await queue.append([], new Map(Object.entries(notes)));
  expect(Object.fromEntries(queue.notes("a/"))).toEqual({ "a/1": "x", "a/2": "y" });
  expect(Object.fromEntries(queue.notes(""))).toEqual(notes);
});

test("a close waits for what is being written", async () => {
  const dir = await tempDir();
  const queue = await DurableQueue.open(dir);
  const written = queue.append([bytes("a")]);
  await queue.close();
  expect(await written).toEqual([1]);
  const again = await DurableQueue.open(dir);
  expect(texts(await again.read(0, 9))).toEqual(["a"]);
  await again.close();
});

test("entries whose notes were torn off are not there", async () => {
  const dir = await tempDir();
  const queue = await DurableQueue.open(dir);
  await queue.append([bytes("first")]);
  await queue.append([bytes("a"), bytes("b")], new Map([["n", "1"]]));
  await queue.close();
  const [name = ""] = await filesIn(dir);
  // A write that is torn was never marked.
  await rm(join(dir, MARK_FILE));
  await truncate(join(dir, name), (await stat(join(dir, name))).size - 5);
  const torn = await DurableQueue.open(dir);
  expect([texts(await torn.read(0, 9)), torn.note("n")]).toEqual([["first"], undefined]);
  await torn.close();
});

test("a folder that is made is for nobody else", async () => {
  const dir = join(await tempDir(), "a", "b");
  await (await DurableQueue.open(dir)).close();
  expect((await stat(dir)).mode & 0o777).toBe(0o700);
  // Nothing was written to it but the lock.
  expect(await readdir(dir)).toEqual(["lock"]);
});

test("a folder that cannot be used is let go of, and what is wrong is said of it", async () => {
  const dir = await tempDir();
  await breakFolder(dir);
  for (let i = 0; i < 2; i += 1)
    await expect(DurableQueue.open(dir)).rejects.toMatchObject({
      code: "INTERNAL",
      message: expect.stringContaining(dir),
    });
});

test("a file that cannot be read now fails the reading alone, in words of its folder", async () => {
  const { dir, queue } = await inPairs(4);
  await queue.remove([3]);
  const [name = ""] = await filesIn(dir);
  await rename(join(dir, name), join(dir, "away"));
  await symlink(name, join(dir, name));
  // Other files than those few whose places are known by heart.
  for (let i = 0; i < 6; i += 1) await queue.append([bytes("x"), bytes("x")]);
  await queue.read(2, 100);
  await expect(queue.read(0, 9)).rejects.toMatchObject({ name: "AppError", message: expect.stringContaining(dir) });
  await rename(join(dir, "away"), join(dir, name));
  expect(idsOf(await queue.read(0, 2))).toEqual([1, 2]);
});

test.skipIf(!canMount)("what is removed while the disk refuses has left, also after a start", async () => {
  const { dir, remount } = await smallDisk(1);
  const folder = join(dir, "queue");
  const queue = await DurableQueue.open(folder);
  await queue.append(Array.from({ length: 2_000 }, () => bytes("x")));
  await writeFile(join(dir, "junk"), Buffer.alloc(2 * MB)).catch(() => {});
  // So many ranges that the file's last page has no room for them.
  await queue.remove(Array.from({ length: 1_000 }, (_, i) => 1 + 2 * i));
  await queue.removeThrough(1_000);
  expect(queue.stats()).toMatchObject({ depth: 500, bytes: 500, oldestId: 1_002 });
  await expect(queue.remove([1_002], new Map([["n", "x".repeat(10_000)]]))).rejects.toMatchObject({
    code: "DISK_FULL",
  });
  expect(queue.stats().depth).toBe(500);
  await remount(8);
  await queue.append([bytes("last")]);
  await queue.close();
  const again = await DurableQueue.open(folder);
  expect(again.stats()).toMatchObject({ depth: 501, oldestId: 1_002, lastId: 2_001 });
  await again.close();
});

test.skipIf(!canMount)("what leaves while the disk refuses makes room: its files go", async () => {
  const { dir } = await smallDisk(1);
  const folder = join(dir, "queue");
  const queue = await DurableQueue.open(folder, { segmentBytes: 1 });
  for (let i = 0; i < 6; i += 1) await queue.append([Buffer.alloc(50_000)]);
  await writeFile(join(dir, "junk"), Buffer.alloc(2 * MB)).catch(() => {});
  await expect(queue.append([Buffer.alloc(50_000)])).rejects.toMatchObject({ code: "DISK_FULL" });
  await queue.removeThrough(5);
  expect((await filesIn(folder)).length).toBeLessThan(5);
  expect(await queue.append([Buffer.alloc(50_000)])).toEqual([7]);
  await queue.close();
});

test.skipIf(!canMount)("what is kept goes, the oldest first, when the disk has no room for what comes", async () => {
  const { dir } = await smallDisk(4);
  const folder = join(dir, "queue");
  const queue = await DurableQueue.open(folder, { segmentBytes: 1, keepBytes: 1e9 });
  for (let i = 0; i < 8; i += 1) await queue.append([Buffer.alloc(200_000)]);
  await queue.removeThrough(8);
  expect(queue.oldestKeptId).toBe(1);
  expect(await queue.append([Buffer.alloc(3 * MB)])).toEqual([9]);
  const oldest = queue.oldestKeptId;
  expect(oldest).toBeGreaterThan(1);
  expect(oldest).toBeLessThan(8);
  await queue.close();
});

test.skipIf(!canMount)("no more is kept than the disk has free, for others who write to it", async () => {
  const { dir } = await smallDisk(4);
  const queue = await DurableQueue.open(join(dir, "queue"), { segmentBytes: 1, keepBytes: 1e9 });
  for (let i = 0; i < 15; i += 1) await queue.append([Buffer.alloc(200_000)]);
  await queue.removeThrough(15);
  // Three of four megabytes were taken.
  expect(queue.oldestKeptId).toBeGreaterThan(7);
  expect(queue.oldestKeptId).toBeLessThan(13);
  await queue.close();
});

test.skipIf(!canMount)("a write that a full disk cut off leaves nothing behind, not even a file", async () => {
  const { dir, remount } = await smallDisk(1);
  const folder = join(dir, "queue");
  const queue = await DurableQueue.open(folder);
  await expect(queue.append([Buffer.alloc(2 * MB)])).rejects.toMatchObject({ code: "DISK_FULL" });
  await queue.close();
  expect(await filesIn(folder)).toEqual([]);
  const next = await DurableQueue.open(folder);
  await next.append([bytes("first")]);
  await expect(next.append([Buffer.alloc(2 * MB)])).rejects.toMatchObject({ code: "DISK_FULL" });
  await next.close();
  await remount(8);
  const told: string[] = [];
  const again = await DurableQueue.open(folder, { onDamage: ({ kind }) => told.push(kind) });
  expect([told, texts(await again.read(0, 9))]).toEqual([[], ["first"]]);
  await again.close();
});
