import { execFileSync } from "node:child_process";
import { lstat, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writeWhole } from "../../../firmware-config/kit/on-disk.ts";
import { tempDir } from "../../support/temp-dir.ts";

it("never puts a file in the place of a device or a pipe", async () => {
  const dir = await tempDir();
  const path = join(dir, "pipe");
  execFileSync("mkfifo", [path]);
  await expect(writeWhole(path, { parts: ["x"] })).rejects.toMatchObject({
    code: "DISK_UNWRITABLE",
    message: expect.stringContaining(path),
  });
  expect((await lstat(path)).isFIFO()).toBe(true);
  expect(await readdir(dir)).toEqual(["pipe"]);
});

it("says of a folder in its place, and of a name that is too long, that nothing can be written there", async () => {
  const dir = await tempDir();
  await mkdir(join(dir, "folder"));
  for (const name of ["folder", "n".repeat(250)])
    await expect(writeWhole(join(dir, name), { parts: ["x"] })).rejects.toMatchObject({ code: "DISK_UNWRITABLE" });
  expect(await readdir(dir)).toEqual(["folder"]);
});
