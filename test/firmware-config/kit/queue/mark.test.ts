import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { appendFile, cp, mkdir, readdir, readFile, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DurableQueue } from "../../../../firmware-config/kit/durable-queue.ts";
import { readMark } from "../../../../firmware-config/kit/queue/mark.ts";
import { tempDir } from "../../../support/temp-dir.ts";

const SECOND_FROM = 61;
const LAST = 105;
const value = (id: number) => Buffer.from(`value ${id}`);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const segmentsOf = async (dir: string) => (await readdir(dir)).filter((name) => name.endsWith(".seg")).sort();

async function opened(dir: string) {
  const told = { ids: 0, kinds: new Set<string>() };
  const queue = await DurableQueue.open(dir, {
    markedNotes: ["boot"],
    onDamage: ({ kind, ids }) => {
      told.ids += ids;
      told.kinds.add(kind);
    },
  });
  return { queue, told };
}

/** Two files, ids 1 to 60 and 61 to 105, all of them waiting; gives the newest file too. */
async function filled(leaving: readonly number[] = []) {
  const dir = await tempDir();
  for (const ids of [range(1, SECOND_FROM - 1), range(SECOND_FROM, LAST)]) {
    const { queue } = await opened(dir);
    for (const id of ids) await queue.append([value(id)], new Map([["boot", String(ids[0])]]));
    if (ids.at(-1) === LAST) await queue.remove(leaving);
    await queue.close();
  }
  return { dir, newest: join(dir, (await segmentsOf(dir)).at(-1) ?? "") };
}

const LOSSES: readonly { name: string; lose: (file: string) => Promise<unknown>; least?: number }[] = [
  { name: "emptied", lose: (file) => truncate(file, 0) },
  { name: "deleted", lose: (file) => rm(file) },
  { name: "filled with zeros", lose: async (file) => writeFile(file, Buffer.alloc((await stat(file)).size)) },
  { name: "filled with noise", lose: async (file) => writeFile(file, randomBytes((await stat(file)).size)) },
  { name: "cut in half", lose: async (file) => truncate(file, (await stat(file)).size >> 1), least: 75 },
  { name: "a folder", lose: (file) => rm(file).then(() => mkdir(file)) },
  { name: "a pipe", lose: async (file) => rm(file).then(() => execFileSync("mkfifo", [file])) },
  { name: "a link to nowhere", lose: (file) => rm(file).then(() => symlink("nowhere", file)) },
];

test("of a newest file that held state alone nothing is counted as lost, and it is said that its bytes are", async () => {
  const { dir } = await filled();
  const begun = await opened(dir);
  await begun.queue.append([], new Map([["boot", "another"]]));
  await begun.queue.close();
  const newest = join(dir, (await segmentsOf(dir)).at(-1) ?? "");
  const bytes = await readFile(newest);
  // All but its last bytes, which say that it was written to its end.
  await writeFile(newest, bytes.fill(0, 8, bytes.length - 4));
  const { queue, told } = await opened(dir);
  expect(queue.stats()).toMatchObject({ depth: LAST, lastId: LAST, damaged: 0 });
  expect([told.ids, [...told.kinds], queue.markedNote("boot")]).toEqual([0, ["damaged"], "another"]);
  expect(await queue.append([value(LAST + 1)])).toEqual([LAST + 1]);
  await queue.close();
});

test.each(LOSSES)("the newest file $name: what was in it is counted and its ids are not used again", async (loss) => {
  const { dir, newest } = await filled();
  await loss.lose(newest);
  for (const start of ["first", "second"]) {
    const { queue, told } = await opened(dir);
    const entries = await queue.read(0, 1_000);
    const good = entries.filter(({ damaged, id }) => !damaged && id <= LAST).length;
    expect(entries.length).toBe(start === "first" ? LAST : LAST + 1);
    expect(good).toBeGreaterThanOrEqual(loss.least ?? SECOND_FROM - 1);
    expect(good).toBeLessThan(LAST);
    expect(told.ids).toBe(LAST - good);
    expect(told.kinds).toContain("damaged");
    expect(told.kinds).not.toContain("torn");
    expect(queue.markedNote("boot")).toBe("61");
    expect(await queue.append([value(0)])).toEqual([start === "first" ? LAST + 1 : LAST + 2]);
    await queue.close();
  }
});

test("what had left of a lost file is not counted", async () => {
  const { dir, newest } = await filled(range(1, 100));
  await rm(newest);
  const { queue, told } = await opened(dir);
  expect(told.ids).toBe(5);
  expect((await queue.read(0, 1_000)).map(({ id, damaged }) => [id, damaged])).toEqual(
    range(101, LAST).map((id) => [id, true]),
  );
  await queue.close();
});

test("all files lost: what waited is counted, and ids go on", async () => {
  const { dir } = await filled(range(1, 100));
  for (const name of await segmentsOf(dir)) await rm(join(dir, name));
  const { queue, told } = await opened(dir);
  expect(told.ids).toBe(5);
  expect(queue.stats()).toMatchObject({ depth: 5, lastId: LAST, oldestId: 101, damaged: 5 });
  expect(await queue.append([value(106)])).toEqual([106]);
  await queue.removeThrough(LAST);
  await queue.close();
  const { queue: again, told: none } = await opened(dir);
  expect([none.ids, again.stats().depth]).toEqual([0, 1]);
  await again.close();
});

test("a torn write, of which nobody was told that it had come, is no loss", async () => {
  const { dir, newest } = await filled();
  await appendFile(newest, Buffer.from([0xd6, 0x4b, 0x5a, 0x01, 1, 2, 3]));
  const { queue, told } = await opened(dir);
  expect([told.ids, [...told.kinds], queue.stats().lastId]).toEqual([0, ["torn"], LAST]);
  await queue.close();
});

test("a copy of the folder at any time, as a kill leaves it, has in its mark what was acknowledged", async () => {
  const dir = await tempDir();
  const { queue } = await opened(dir);
  for (const id of range(1, 20)) {
    await queue.append([value(id)]);
    expect((await readMark(dir))?.lastId).toBe(id);
    if (id % 2 === 0) await queue.removeThrough(id - 1);
    if (id % 2 === 0) expect((await readMark(dir))?.leftThrough).toBe(id - 1);
  }
  await queue.close();
});

test.each([
  {
    name: "damaged in one half",
    spoil: (file: string) => writeFile(file, "x".repeat(100), { flag: "r+" }),
    knows: 104,
  },
  { name: "damaged", spoil: (file: string) => writeFile(file, "x".repeat(2_000)), knows: 0 },
  { name: "a folder", spoil: (file: string) => rm(file).then(() => mkdir(file)), knows: 0 },
  { name: "a pipe", spoil: async (file: string) => rm(file).then(() => execFileSync("mkfifo", [file])), knows: 0 },
])("a mark that is $name costs nothing while the files are good, and is written anew", async ({ spoil, knows }) => {
  const { dir } = await filled();
  await spoil(join(dir, "last"));
  expect((await readMark(dir))?.lastId ?? 0).toBeGreaterThanOrEqual(knows);
  const { queue, told } = await opened(dir);
  expect([told.ids, queue.stats().depth]).toEqual([0, LAST]);
  await queue.append([value(106)]);
  await queue.close();
  expect((await readMark(dir))?.lastId).toBe(106);
});

test("a folder of before there was a mark is served as it is", async () => {
  const { dir } = await filled();
  await rm(join(dir, "last"));
  const copy = join(await tempDir(), "copy");
  await cp(dir, copy, { recursive: true });
  const { queue, told } = await opened(copy);
  expect([told.ids, queue.stats().depth]).toEqual([0, LAST]);
  await queue.close();
});
