import { cp, mkdir, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DurableQueue, type QueueOptions } from "../../../../firmware-config/kit/durable-queue.ts";
import type { DamageReport } from "../../../../firmware-config/kit/queue/damage-report.ts";
import { MARK_FILE } from "../../../../firmware-config/kit/queue/mark.ts";
import { DAMAGES, damageFile } from "../../../support/damage.ts";
import { seededRandom } from "../../../support/seeded-random.ts";
import { tempDir } from "../../../support/temp-dir.ts";

const value = (id: number) => Buffer.from(`value ${id} ${"x".repeat(id % 50)}`);
const segmentsOf = async (dir: string) => (await readdir(dir)).filter((name) => name.endsWith(".seg")).sort();

async function opened(dir: string, options: QueueOptions = {}) {
  const reports: DamageReport[] = [];
  const queue = await DurableQueue.open(dir, { ...options, onDamage: (report) => reports.push(report) });
  return { queue, reports };
}

/** Ids that read as they were appended, and those that read as damaged. */
async function contentOf(queue: DurableQueue) {
  const entries = await queue.read(0, 1e6);
  const good = entries.filter((entry) => !entry.damaged);
  for (const { id, value: read } of good) expect(Buffer.from(read)).toEqual(value(id));
  return { good: good.map(({ id }) => id), damaged: entries.filter((entry) => entry.damaged).map(({ id }) => id) };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** `count` entries, `perAppend` in each append, with a note at each when `mark` is true. */
async function filled(dir: string, { count, perAppend = 1, mark = false, options = {} }: Filling) {
  const { queue } = await opened(dir, options);
  for (let id = 1; id <= count; id += perAppend) {
    const ids = range(id, Math.min(count, id + perAppend - 1));
    await queue.append(ids.map(value), mark ? new Map([["last", String(ids.at(-1))]]) : new Map());
  }
  return queue;
}

interface Filling {
  readonly count: number;
  readonly perAppend?: number;
  readonly mark?: boolean;
  readonly options?: QueueOptions;
}

async function copyOf(dir: string): Promise<string> {
  const copy = join(await tempDir(), "copy");
  await cp(dir, copy, { recursive: true });
  return copy;
}

test("cut at every place of its last records, it holds what was whole by then, entries and note together", async () => {
  const dir = await tempDir();
  const queue = await filled(dir, { count: 9, perAppend: 3, mark: true });
  await queue.close();
  const [name = ""] = await segmentsOf(dir);
  const whole = await readFile(join(dir, name));
  const seen = new Set<string>();
  for (let length = whole.length; length >= whole.length - 260; length -= 1) {
    const copy = await copyOf(dir);
    // A write that is torn was never marked; this one was.
    await rm(join(copy, MARK_FILE));
    await truncate(join(copy, name), length);
    const { queue: torn } = await opened(copy);
    const { good, damaged } = await contentOf(torn);
    const last = good.at(-1) ?? 0;
    expect({ damaged, note: torn.note("last") }).toEqual({ damaged: [], note: last === 0 ? undefined : String(last) });
    expect(good).toEqual(range(1, last));
    expect(await torn.append([value(last + 1)])).toEqual([last + 1]);
    seen.add(String(last));
    await torn.close();
  }
  expect([...seen].slice(0, 2)).toEqual(["9", "6"]);
});

test("a flipped bit at any place costs the entry that stands there and no other, and is said", async () => {
  const dir = await tempDir();
  const queue = await filled(dir, { count: 20, perAppend: 2, mark: true });
  await queue.close();
  const [name = ""] = await segmentsOf(dir);
  const whole = await readFile(join(dir, name));
  let hurt = 0;
  for (let at = 0; at < whole.length; at += 7) {
    const copy = await copyOf(dir);
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
    await writeFile(join(copy, name), bytes);
    const { queue: flipped, reports } = await opened(copy);
    const { good, damaged } = await contentOf(flipped);
    expect(good.length + damaged.length).toBe(20);
    expect(damaged.length).toBeLessThan(2);
    expect(flipped.stats()).toMatchObject({ depth: 20, lastId: 20, damaged: damaged.length });
    if (damaged.length > 0) expect(reports).toMatchObject([{ kind: "damaged", file: name, ids: 1 }]);
    hurt += damaged.length;
    expect(await flipped.append([value(21)])).toEqual([21]);
    await flipped.close();
  }
  expect(hurt).toBeGreaterThan(whole.length / 7 / 2);
});

const ROUNDS = Number(process.env.KAZOE_DAMAGE_ROUNDS ?? 24);
const LONG = { timeout: 30_000 + 1_000 * ROUNDS };

test(
  "whatever becomes of one of many files, the entries of the others are there and the rest is told",
  LONG,
  async () => {
    const seed = Number(process.env.KAZOE_SEED ?? 7);
    const random = seededRandom(seed);
    const dir = await tempDir();
    const queue = await filled(dir, { count: 200, mark: true, options: { segmentBytes: 2_000 } });
    await queue.remove(range(1, 30));
    await queue.close();
    for (let round = 0; round < ROUNDS; round += 1) {
      const copy = await copyOf(dir);
      const names = await segmentsOf(copy);
      const i = round % names.length;
      const name = names[i] ?? "";
      const firstId = Number(name.split("-")[1]);
      const nextId = Number(names[i + 1]?.split("-")[1] ?? 201);
      await damageFile(join(copy, name), DAMAGES[round % DAMAGES.length] ?? "cut", random);
      const { queue: left, reports } = await opened(copy, { segmentBytes: 2_000 });
      const { good, damaged } = await contentOf(left);
      const others = range(31, 200).filter((id) => id < firstId || id >= nextId);
      expect(others.filter((id) => !good.includes(id))).toEqual([]);
      if (nextId <= 200) expect([...good, ...damaged].filter((id) => id > 30).length).toBe(170);
      if (damaged.length > 0) expect(reports.length).toBeGreaterThan(0);
      const { lastId } = left.stats();
      expect(await left.append([value(lastId + 1)], new Map([["last", "x"]]))).toEqual([lastId + 1]);
      await left.close();
      const { queue: again } = await opened(copy, { segmentBytes: 2_000 });
      expect((await contentOf(again)).good).toEqual([...good, lastId + 1]);
      await again.close();
    }
  },
);

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
