import { chmod, cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DurableQueue } from "../../../firmware-config/kit/durable-queue.ts";
import { canMount, smallDisk } from "../../support/small-disk.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { becomeUnprivileged } from "../../support/unprivileged.ts";

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
