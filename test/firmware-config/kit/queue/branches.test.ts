import { cp, readdir, readFile, rename, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DurableQueue } from "../../../../firmware-config/kit/durable-queue.ts";
import type { DamageReport } from "../../../../firmware-config/kit/queue/damage-report.ts";
import { tempDir } from "../../../support/temp-dir.ts";

/** Starts that each write some files of about ten values. */
async function grow(dir: string, prefix: string, starts: number): Promise<void> {
  for (let start = 0; start < starts; start += 1) {
    const queue = await DurableQueue.open(dir, { segmentBytes: 1_000 });
    for (let i = 0; i < 25; i += 1) await queue.append([Buffer.from(`${prefix} ${start} ${i} ${"x".repeat(60)}`)]);
    await queue.close();
  }
}

test.each([
  { name: "as long as the other", mine: 2, theirs: 2 },
  { name: "shorter than the other", mine: 1, theirs: 3 },
  { name: "longer than the other", mine: 3, theirs: 1 },
])("two branches of a folder, one copied over the other: what both hold is there, $name", async ({ mine, theirs }) => {
  const dir = await tempDir();
  const [here, there] = [join(dir, "here"), join(dir, "there")];
  await grow(here, "common", 2);
  await cp(here, there, { recursive: true });
  await grow(here, "mine", mine);
  await grow(there, "theirs", theirs);
  await cp(there, here, { recursive: true });
  const told: DamageReport[] = [];
  const open = () => DurableQueue.open(here, { onDamage: (report) => told.push(report) });
  const queue = await open();
  const before = await queue.read(0, 1000);
  const branch = mine > theirs ? "mine" : "theirs";
  const kept = Math.max(mine, theirs) * 25;
  expect(before.slice(0, 50).every(({ value }) => Buffer.from(value).toString().startsWith("common"))).toBe(true);
  if (mine !== theirs) {
    expect(before.slice(50).every(({ value }) => Buffer.from(value).toString().startsWith(branch))).toBe(true);
    expect(before.length).toBe(50 + kept);
  }
  await queue.takeInDoubled();
  const texts = async (one: DurableQueue) =>
    (await one.read(0, 1000)).map(({ value }) => Buffer.from(value).toString().slice(0, -61));
  const all = await texts(queue);
  expect([all.length, new Set(all).size]).toEqual([50 + (mine + theirs) * 25, all.length]);
  expect(new Set(told.map(({ kind }) => kind))).toEqual(new Set(["doubled"]));
  expect(told.reduce((sum, { ids }) => sum + ids, 0)).toBe(50 + (mine + theirs) * 25 - before.length);
  await queue.close();
  told.length = 0;
  const again = await open();
  await again.takeInDoubled();
  expect(await texts(again)).toEqual(all);
  expect(told).toEqual([]);
  await again.close();
  await rm(dir, { recursive: true });
});

/** A folder whose last start has a backup copied over it, with a start of its own of these values in a file that is spoilt. */
async function mixed(theirs: readonly string[], spoil: (file: string) => Promise<void> = async () => {}) {
  const dir = await tempDir();
  const [here, there] = [join(dir, "here"), join(dir, "there")];
  await grow(here, "common", 1);
  await cp(here, there, { recursive: true });
  const start = async (folder: string, texts: readonly string[]) => {
    const before = await readdir(folder);
    const queue = await DurableQueue.open(folder);
    await queue.append(texts.map((text) => Buffer.from(text)));
    await queue.close();
    return (await readdir(folder)).find((name) => name.endsWith(".seg") && !before.includes(name)) ?? "";
  };
  const other = await start(there, theirs);
  await start(here, ["mine"]);
  await cp(join(there, other), join(here, other));
  await spoil(join(here, other));
  // The one of ours is the newest.
  await utimes(join(here, other), 1, 1);
  const told: DamageReport[] = [];
  const open = () => DurableQueue.open(here, { onDamage: (report) => told.push(report) });
  return { here, other: join(here, other), file: other, told, open };
}

const endOf = async (queue: DurableQueue) =>
  (await queue.read(25, 100)).map(({ value }) => Buffer.from(value).toString());

test("what another branch holds is appended with the notes of whoever takes it in, and its file goes", async () => {
  const { here, file, told, open } = await mixed(["one", "two"]);
  const queue = await open();
  expect(await endOf(queue)).toEqual(["mine"]);
  await queue.takeInDoubled(() => new Map([["n", "1"]]));
  expect(await endOf(queue)).toEqual(["mine", "one", "two"]);
  expect(queue.note("n")).toBe("1");
  expect(told).toEqual([{ kind: "doubled", file, ids: 2, bytes: 0 }]);
  expect(await readdir(here)).not.toContain(file);
  expect(await readdir(here)).not.toContain("damaged");
  await queue.takeInDoubled();
  expect(told).toHaveLength(1);
  await queue.close();
});

test("a file of another branch that is damaged is kept aside, with what cannot be read of it told", async () => {
  const { here, file, told, open } = await mixed(["one", "two", "three"], async (path) => {
    const bytes = await readFile(path);
    const at = bytes.indexOf("two");
    await writeFile(path, bytes.fill(0, at, at + 3));
  });
  const queue = await open();
  await queue.takeInDoubled();
  expect(await endOf(queue)).toEqual(["mine", "one", "three"]);
  expect(told).toEqual([{ kind: "doubled", file, ids: 2, bytes: 24 + "two".length }]);
  expect(await readdir(join(here, "damaged"))).toEqual([file]);
  await queue.close();
});

test("a file of another branch that has nothing to read costs no write", async () => {
  const { here, file, told, open } = await mixed(["one"], (path) => truncate(path));
  const queue = await open();
  const before = await readdir(here);
  await queue.takeInDoubled();
  expect((await readdir(here)).sort()).toEqual(before.filter((name) => name !== file).sort());
  expect(told).toEqual([{ kind: "doubled", file, ids: 0, bytes: 0 }]);
  await queue.close();
});

test("a file of another branch that cannot be read now stays for the next opening, and is said", async () => {
  const { other, file, told, open } = await mixed(["one"]);
  const { size } = await stat(other);
  const queue = await open();
  await rename(other, `${other}.away`);
  await queue.takeInDoubled();
  expect(told).toEqual([{ kind: "doubled", file, ids: 0, bytes: size }]);
  await queue.close();
  await rename(`${other}.away`, other);
  const again = await open();
  await again.takeInDoubled();
  expect(await endOf(again)).toEqual(["mine", "one"]);
  await again.close();
});
