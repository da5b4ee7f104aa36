import { execFileSync } from "node:child_process";
import { constants } from "node:fs";
import { chmod, chown, open, readdir, rm, symlink, truncate } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DurableQueue } from "../../../../firmware-config/kit/durable-queue.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { becomeUnprivileged } from "../../../support/unprivileged.ts";

const NOBODY = 65_534;

async function filled() {
  const dir = await tempDir();
  const queue = await DurableQueue.open(dir, { segmentBytes: 1_000 });
  for (let i = 0; i < 60; i += 1) await queue.append([Buffer.from(`value ${i} ${"x".repeat(60)}`)]);
  await queue.close();
  const names = (await readdir(dir)).sort();
  if (process.getuid?.() === 0) for (const name of [".", ...names]) await chown(join(dir, name), NOBODY, NOBODY);
  return { dir, files: names.filter((name) => name.endsWith(".seg")) };
}

test.each([
  { name: "an old file", pick: (files: readonly string[]) => files[0], left: 40, all: 60 },
  { name: "the newest file", pick: (files: readonly string[]) => files.at(-1), left: 40 },
  { name: "the lock", pick: () => "lock", left: 60, all: 60 },
])("$name that may not be read costs what is in it", async ({ pick, left, all }) => {
  const { dir, files } = await filled();
  const name = pick(files) ?? "";
  await chmod(join(dir, name), 0);
  await becomeUnprivileged(dir);
  const told: string[] = [];
  const queue = await DurableQueue.open(dir, { onDamage: ({ kind, file }) => told.push(`${kind} ${file}`) });
  const entries = await queue.read(0, 1000);
  expect(entries.filter((entry) => !entry.damaged).length).toBeGreaterThanOrEqual(left);
  if (all !== undefined) expect(entries.length).toBe(all);
  if (name !== "lock") expect(told).toContain(`unreadable ${name}`);
  await queue.append([Buffer.from("next")]);
  await queue.close();
});

test.skipIf(process.platform === "win32")("a FIFO in the lock's place is set aside and holds nobody up", async () => {
  const { dir } = await filled();
  await rm(join(dir, "lock"));
  execFileSync("mkfifo", [join(dir, "lock")]);
  // With a reader it can even be opened.
  const reader = await open(join(dir, "lock"), constants.O_RDONLY | constants.O_NONBLOCK);
  const queue = await DurableQueue.open(dir);
  expect((await queue.read(0, 1000)).length).toBe(60);
  await expect(DurableQueue.open(dir)).rejects.toMatchObject({ code: "STORE_LOCKED" });
  await queue.close();
  await reader.close();
  await rm(join(dir, "lock"));
  execFileSync("mkfifo", [join(dir, "lock")]);
  await (await DurableQueue.open(dir)).close();
  expect(await readdir(join(dir, "damaged"))).toEqual(["lock", "lock.1"]);
});

test.each([
  { name: "an old file", pick: (files: readonly string[]) => files[0] },
  { name: "the newest file", pick: (files: readonly string[]) => files.at(-1) },
])("$name of 3 GiB is read as far as it can be ours, and the rest is said", async ({ pick }) => {
  const { dir, files } = await filled();
  const name = pick(files) ?? "";
  await truncate(join(dir, name), 3 * 1024 ** 3);
  const told: string[] = [];
  const queue = await DurableQueue.open(dir, { onDamage: ({ kind, ids }) => told.push(`${kind} ${ids}`) });
  const entries = await queue.read(0, 1000);
  expect(entries.filter((entry) => !entry.damaged).length).toBe(60);
  expect(told[0]).toBe("damaged 0");
  expect(await queue.append([Buffer.from("next")])).toEqual([61]);
  await queue.close();
});

test.each(["nowhere/x", "nowhere", "lock"])("a lock that is a link to %s costs nothing", async (target) => {
  const { dir } = await filled();
  await rm(join(dir, "lock"));
  await symlink(target, join(dir, "lock"));
  const queue = await DurableQueue.open(dir);
  expect((await queue.read(0, 1000)).length).toBe(60);
  await expect(DurableQueue.open(dir)).rejects.toMatchObject({ code: "STORE_LOCKED" });
  await queue.close();
});
