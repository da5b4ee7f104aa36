import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { DamageReport } from "../../../../firmware-config/kit/queue/damage-report.ts";
import { IdRanges } from "../../../../firmware-config/kit/queue/id-ranges.ts";
import { IndexCache } from "../../../../firmware-config/kit/queue/index-cache.ts";
import { createSegment, type Segment, segmentOf } from "../../../../firmware-config/kit/queue/segment.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { filled, segmentsOf } from "./queue-rig.ts";

/** A folder of some files with ten entries each, and a cache over it. */
async function cached(removed = new IdRanges()) {
  const dir = await tempDir();
  for (let start = 0; start < 6; start += 1) await (await filled(dir, { count: 10 })).close();
  const names = await segmentsOf(dir);
  const segments = names.map((name, i): Segment => {
    const segment = segmentOf(name) ?? createSegment(0, 1);
    return { ...segment, lastId: (i + 1) * 10 };
  });
  const told: DamageReport[] = [];
  const cache = new IndexCache(dir, removed, (report) => told.push(report));
  const one = (i: number) => segments[i] ?? createSegment(0, 1);
  return { dir, cache, told, one };
}

/** Spoils the second entry of the file. */
async function spoil(dir: string, { name }: Segment): Promise<void> {
  const bytes = await readFile(join(dir, name));
  const at = bytes.indexOf("value 2 ");
  await writeFile(join(dir, name), bytes.fill(0, at - 15, at + 3));
}

test("keeps those of the four files that were used last", async () => {
  const { cache, one } = await cached();
  const [first, second] = [await cache.of(one(0)), await cache.of(one(1))];
  for (const i of [2, 3]) await cache.of(one(i));
  expect(await cache.of(one(0))).toBe(first);
  await cache.of(one(4));
  expect(await cache.of(one(0))).toBe(first);
  expect(await cache.of(one(1))).not.toBe(second);
});

test("the one that is written is there whatever else is read", async () => {
  const { cache, one } = await cached();
  const segment = createSegment(99, 61);
  const index = cache.begin(segment);
  for (let i = 0; i < 6; i += 1) await cache.of(one(i));
  expect(await cache.of(segment)).toBe(index);
  expect(index.firstId).toBe(61);
});

test("damage is said once, with what had not left, and its bytes are kept", async () => {
  const { dir, cache, told, one } = await cached();
  await spoil(dir, one(0));
  for (const i of [0, 1, 2, 3, 4, 0]) await cache.of(one(i));
  const bytes = told[0]?.bytes ?? 0;
  expect(told).toEqual([{ kind: "damaged", file: one(0).name, ids: 1, bytes: 24 + "value 2 xx".length }]);
  const start = (await readFile(join(dir, one(0).name))).indexOf(Buffer.alloc(10));
  expect(start).toBeGreaterThan(0);
  const [kept = ""] = await readdir(join(dir, "damaged"));
  expect((await readFile(join(dir, "damaged", kept))).length).toBe(bytes);
});

test("entries that had left are no loss", async () => {
  const { dir, cache, told, one } = await cached(new IdRanges([[1, 2]]));
  await spoil(dir, one(0));
  await cache.of(one(0));
  expect(told).toMatchObject([{ kind: "damaged", ids: 0 }]);
});

test("an entry that turns out damaged is said once", async () => {
  const { cache, told, one } = await cached();
  const index = await cache.of(one(0));
  for (let i = 0; i < 2; i += 1) cache.foundDamaged(one(0), index, 3);
  expect(told).toEqual([{ kind: "damaged", file: one(0).name, ids: 1, bytes: index.sizeOf(3) }]);
  expect(index.damaged.has(3)).toBe(true);
});

test("a file that is gone holds nothing: all its entries are told as missing", async () => {
  const { dir, cache, told, one } = await cached();
  cache.opened();
  await rm(join(dir, one(0).name));
  expect((await cache.of(one(0))).damaged.size).toBe(10);
  expect(told).toEqual([{ kind: "damaged", file: one(0).name, ids: 10, bytes: 0 }]);
  expect(await readdir(dir)).not.toContain("damaged");
});

test("a file that cannot be read is set aside at the opening; later that may pass, and it is tried again", async () => {
  const { dir, cache, told, one } = await cached();
  const spoiled = async (i: number) => {
    // A link to itself: reading it says ELOOP, as root too.
    await rm(join(dir, one(i).name));
    await symlink(one(i).name, join(dir, one(i).name));
  };
  await spoiled(0);
  expect((await cache.of(one(0))).damaged.size).toBe(10);
  expect(told.map(({ kind, ids }) => [kind, ids])).toEqual([
    ["unreadable", 0],
    ["damaged", 10],
  ]);
  cache.opened();
  await spoiled(1);
  await expect(cache.of(one(1))).rejects.toMatchObject({ code: "ELOOP" });
  await rm(join(dir, one(2).name));
  await mkdir(join(dir, one(2).name));
  expect((await cache.of(one(2))).damaged.size).toBe(10);
});
