import { appendFile, mkdir, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DurableQueue } from "../../../../firmware-config/kit/durable-queue.ts";
import { MARK_FILE } from "../../../../firmware-config/kit/queue/mark.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { contentOf, filled, opened, range, segmentsOf, value } from "./queue-rig.ts";

test("the state is told by the file before the newest when the newest is damaged", async () => {
  const dir = await tempDir();
  const queue = await filled(dir, { count: 50, mark: true, options: { segmentBytes: 500 } });
  await queue.remove(range(1, 50).filter((id) => id !== 40));
  await queue.append([value(51)], new Map([["kept", "yes"]]));
  await queue.close();
  const names = await segmentsOf(dir);
  const newest = join(dir, names.at(-1) ?? "");
  const bytes = await readFile(newest);
  await writeFile(newest, bytes.fill(0, 0, 60));
  const { queue: left } = await opened(dir);
  expect((await contentOf(left)).good).toEqual(expect.arrayContaining([40, 51]));
  expect(left.note("last")).toBe("50");
  await left.close();
});

test("bytes that look like a record inside a value are none when what stands before them is damaged", async () => {
  const dir = await tempDir();
  const other = await filled(await tempDir(), { count: 0 });
  await other.append([Buffer.from("forged")]);
  await other.close();
  const { queue } = await opened(dir);
  const source = await tempDir();
  const forger = await filled(source, { count: 3 });
  await forger.close();
  const forged = await readFile(join(source, (await segmentsOf(source))[0] ?? ""));
  await queue.append([value(1)]);
  await queue.append([forged]);
  await queue.append([value(3)]);
  await queue.close();
  const file = join(dir, (await segmentsOf(dir))[0] ?? "");
  const bytes = await readFile(file);
  const at = bytes.indexOf(forged);
  bytes[at - 5] = (bytes[at - 5] ?? 0) ^ 1;
  await writeFile(file, bytes);
  const { queue: left } = await opened(dir);
  expect(await contentOf(left)).toEqual({ good: [1, 3], damaged: [2] });
  const [, two] = await left.read(0, 10);
  expect(Buffer.from(two?.value ?? []).includes(forged)).toBe(true);
  await left.close();
});

test("a bit that is lost while it is open is found at the reading", async () => {
  const dir = await tempDir();
  const queue = await filled(dir, { count: 5 });
  const file = join(dir, (await segmentsOf(dir))[0] ?? "");
  const bytes = await readFile(file);
  const at = bytes.indexOf(value(3));
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(file, bytes);
  expect(await contentOf(queue)).toEqual({ good: [1, 2, 4, 5], damaged: [3] });
  await queue.close();
});

test("what stands in the place of the lock or of the damaged files does not stop it", async () => {
  const dir = await tempDir();
  const queue = await filled(dir, { count: 3 });
  await queue.close();
  await rename(join(dir, "lock"), join(dir, "elsewhere"));
  await mkdir(join(dir, "lock"));
  await writeFile(join(dir, "damaged"), "a file");
  const { queue: left } = await opened(dir);
  expect((await contentOf(left)).good).toEqual([1, 2, 3]);
  await expect(DurableQueue.open(dir)).rejects.toMatchObject({ code: "STORE_LOCKED" });
  await left.close();
});

test("files go once all their entries have left, and ids go on", async () => {
  const dir = await tempDir();
  const queue = await filled(dir, { count: 400, options: { segmentBytes: 1_000 } });
  const before = (await segmentsOf(dir)).length;
  await queue.remove(range(1, 400).filter((id) => id !== 5));
  const after = await segmentsOf(dir);
  expect(before).toBeGreaterThan(10);
  // The one with the straggler, the newest and the one before it.
  expect(after.length).toBe(3);
  expect((await contentOf(queue)).good).toEqual([5]);
  await queue.close();
  const { queue: again, reports } = await opened(dir);
  expect(reports).toEqual([]);
  expect(again.stats()).toMatchObject({ depth: 1, lastId: 400 });
  expect(await again.append([value(401)])).toEqual([401]);
  await again.close();
});

test("what has left can be brought back as far as its files are kept", async () => {
  const dir = await tempDir();
  const options = { segmentBytes: 1_000, keepBytes: 4_000 };
  const queue = await filled(dir, { count: 400, options });
  await queue.removeThrough(390);
  expect(queue.stats()).toMatchObject({ depth: 10, oldestId: 391 });
  await queue.close();
  const { queue: again } = await opened(dir, options);
  const oldest = await again.restoreAfter(100);
  expect(oldest).toBeGreaterThan(200);
  expect(oldest).toBeLessThan(390);
  expect((await contentOf(again)).good).toEqual(range(oldest, 400));
  const size = range(oldest, 400).reduce((sum, id) => sum + value(id).length, 0);
  expect(again.stats()).toMatchObject({ depth: 401 - oldest, bytes: size, oldestId: oldest });
  await again.removeThrough(400);
  expect(again.stats()).toMatchObject({ depth: 0, bytes: 0 });
  await again.close();
});

test("a torn write is cut off, its bytes are kept, and it is said", async () => {
  const dir = await tempDir();
  await (await filled(dir, { count: 3 })).close();
  const [name = ""] = await segmentsOf(dir);
  const { length } = await readFile(join(dir, name));
  const torn = Buffer.from([0xd6, 0x4b, 0x5a, 0x01, 1, 2, 3]);
  await appendFile(join(dir, name), torn);
  const { queue, reports } = await opened(dir);
  expect(reports).toEqual([{ kind: "torn", file: name, ids: 0, bytes: 7 }]);
  expect(await readFile(join(dir, "damaged", `${name}.${length}-torn`))).toEqual(torn);
  expect(await contentOf(queue)).toEqual({ good: [1, 2, 3], damaged: [] });
  await queue.close();
});

test("the bytes of a state that is lost are kept, and it is said", async () => {
  const dir = await tempDir();
  await (await filled(dir, { count: 3 })).close();
  const begun = await filled(dir, { count: 0 });
  await begun.append([], new Map([["n", "1"]]));
  await begun.close();
  const name = (await segmentsOf(dir)).at(-1) ?? "";
  const bytes = await readFile(join(dir, name));
  // All but its last bytes, which say that it was written to its end.
  await writeFile(join(dir, name), bytes.fill(0, 8, bytes.length - 4));
  const { queue, reports } = await opened(dir);
  expect(reports).toEqual([{ kind: "damaged", file: name, ids: 0, bytes: bytes.length }]);
  expect(await readFile(join(dir, "damaged", `${name}.0-${bytes.length}`))).toEqual(bytes);
  expect(await contentOf(queue)).toEqual({ good: [1, 2, 3], damaged: [] });
  await queue.close();
});

/** A file for every ten of 50 entries. */
async function inTens() {
  const dir = await tempDir();
  for (let first = 1; first <= 50; first += 10) {
    const { queue } = await opened(dir);
    await queue.append(range(first, first + 9).map(value));
    if (first === 41) await queue.remove([3, 33]);
    await queue.close();
  }
  return { dir, files: await segmentsOf(dir) };
}

const left = (from: number, to: number) => range(from, to).filter((id) => id !== 3 && id !== 33);

test.each([
  { name: "the first", which: 0, lost: left(1, 10) },
  { name: "one between", which: 3, lost: left(31, 40) },
  { name: "the newest but one", which: 4, lost: left(41, 50) },
])("a file that somebody deletes costs what had not left of it: $name", async ({ which, lost }) => {
  const { dir, files } = await inTens();
  await rm(join(dir, files[which] ?? ""));
  const { queue, reports } = await opened(dir);
  const { good, damaged } = await contentOf(queue);
  // The newest is the one that told what had left.
  const all = which === 4 ? range(1, 50) : left(1, 50);
  expect(damaged).toEqual(lost);
  expect(good).toEqual(all.filter((id) => !lost.includes(id)));
  expect(reports.reduce((sum, { ids }) => sum + ids, 0)).toBe(lost.length);
  expect(queue.stats()).toMatchObject({ depth: all.length, lastId: 50, damaged: lost.length });
  await queue.close();
});

test("a folder in the place of a file is set aside, and said", async () => {
  const { dir, files } = await inTens();
  const [name = ""] = files;
  await rm(join(dir, name));
  await mkdir(join(dir, name));
  const { queue, reports } = await opened(dir);
  expect(reports[0]).toEqual({ kind: "unreadable", file: name, ids: 0, bytes: 0 });
  expect((await contentOf(queue)).damaged).toEqual(left(1, 10));
  expect(await readdir(join(dir, "damaged"))).toEqual([name]);
  await queue.close();
});

test("a start writes a file of its own, and never changes an older one", async () => {
  const { dir, files } = await inTens();
  const before = await Promise.all(files.map((name) => readFile(join(dir, name))));
  const { queue } = await opened(dir);
  expect(await segmentsOf(dir)).toEqual(files);
  await queue.append([value(51)]);
  await queue.remove([1]);
  await queue.close();
  expect(await Promise.all(files.map((name) => readFile(join(dir, name))))).toEqual(before);
  const serials = (await segmentsOf(dir)).map((name) => Number(name.split("-")[0]));
  expect(serials).toEqual([1, 2, 3, 4, 5, 6, 7].slice(0, serials.length));
  expect(serials).toHaveLength(files.length + 1);
});

test("where all else is lost, the names of the files tell which ids were given out", async () => {
  const { dir, files } = await inTens();
  await rm(join(dir, MARK_FILE));
  for (const name of files.slice(0, -1)) await rm(join(dir, name));
  await truncate(join(dir, files.at(-1) ?? ""));
  const { queue } = await opened(dir);
  expect(queue.stats()).toEqual({ depth: 0, bytes: 0, oldestId: 0, lastId: 40, damaged: 0 });
  expect(await queue.append([value(41)])).toEqual([41]);
  expect(await contentOf(queue)).toEqual({ good: [41], damaged: [] });
  await queue.close();
});

test("without a state what was before the oldest file has left, and all that the files hold is there", async () => {
  const { dir, files } = await inTens();
  await rm(join(dir, MARK_FILE));
  for (const name of files.slice(0, 2)) await rm(join(dir, name));
  for (const name of files.slice(2)) {
    const bytes = await readFile(join(dir, name));
    await writeFile(join(dir, name), bytes.fill(0, 0, bytes.indexOf("value") - 20));
  }
  const { queue } = await opened(dir);
  // What the newest file's commit took out is known.
  expect(await contentOf(queue)).toEqual({ good: range(21, 50).filter((id) => id !== 33), damaged: [] });
  expect(queue.stats()).toMatchObject({ depth: 29, oldestId: 21, lastId: 50 });
  await queue.close();
});
