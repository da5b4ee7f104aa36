import { existsSync } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Outputs } from "../../../edge-agent/replay/outputs.ts";
import { DurableQueue } from "../../../firmware-config/kit/durable-queue.ts";
import { makeFolder } from "../../../firmware-config/kit/make-folder.ts";
import { writeWhole } from "../../../firmware-config/kit/on-disk.ts";
import { tempDir } from "../../support/temp-dir.ts";

test("makes a folder and those above it, tells the topmost it made, and is content with what is there", async () => {
  const dir = await tempDir();
  expect(await makeFolder(join(dir, "a/b/c"), 0o700)).toBe(join(dir, "a"));
  expect((await stat(join(dir, "a/b/c"))).mode & 0o777).toBe(0o700);
  expect(await makeFolder(join(dir, "a/b/c"))).toBeUndefined();
  expect(await makeFolder(join(dir, "a/b/d"))).toBe(join(dir, "a/b/d"));
  const many = Array.from({ length: 8 }, () => makeFolder(join(dir, "x/y/z")));
  expect((await Promise.all(many)).length).toBe(8);
});

test("throws what the disk says where a file stands in the way", async () => {
  const dir = await tempDir();
  await writeFile(join(dir, "file"), "");
  await expect(makeFolder(join(dir, "file"))).rejects.toMatchObject({ code: "EEXIST" });
  await expect(makeFolder(join(dir, "file/below/it"))).rejects.toMatchObject({ code: "ENOTDIR" });
});

test.skipIf(!existsSync("/proc/self")).each([
  { name: "a folder", make: makeFolder },
  { name: "a whole file", make: (path: string) => writeWhole(join(path, "a"), { parts: ["a"] }) },
  { name: "a replay's folder", make: (path: string) => Outputs.open(path, "cam-1") },
  { name: "the outbox's or the inbox's folder", make: (path: string) => DurableQueue.open(path) },
])("$name where no folder can be made is DISK_UNWRITABLE, at once", async ({ make }) => {
  for (const path of ["/proc/kazoe", "/proc/kazoe/below"]) {
    await expect(make(path)).rejects.toMatchObject({
      code: "DISK_UNWRITABLE",
      message: expect.stringContaining("/proc/kazoe"),
    });
  }
});
