import { cp, rm } from "node:fs/promises";
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
