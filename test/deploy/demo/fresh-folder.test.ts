import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { freshFolder } from "../../../deploy/demo/fresh-folder.ts";
import { tempDir } from "../../support/temp-dir.ts";

const MARK = ".made-by-kazoe-demo";

async function put(dir: string, path: string): Promise<void> {
  await mkdir(join(dir, path, ".."), { recursive: true });
  await writeFile(join(dir, path), "mine");
}

test("takes away what the demo before made, and nothing else", async () => {
  const dir = join(await tempDir(), "demo");
  await (await freshFolder(dir))();
  for (const path of ["cloud-data/warehouse/x", "device-data/y", "dashboard/index.html", "notes.txt"])
    await put(dir, path);
  await freshFolder(dir);
  expect((await readdir(dir)).sort()).toEqual([MARK, "notes.txt"]);
});

test("touches nothing that no demo made", async () => {
  const dir = await tempDir();
  await put(dir, "cloud-data/warehouse/counts");
  await expect(freshFolder(dir)).rejects.toMatchObject({ code: "USAGE" });
  expect(await readFile(join(dir, "cloud-data/warehouse/counts"), "utf8")).toBe("mine");
});

test("does not take away the video that it is to play", async () => {
  const dir = join(await tempDir(), "demo");
  await (await freshFolder(dir))();
  await put(dir, "device-data/day.mp4");
  await symlink(join(dir, "device-data/day.mp4"), join(dir, "link.mp4"));
  for (const video of ["device-data/day.mp4", "link.mp4"])
    await expect(freshFolder(dir, [join(dir, video)])).rejects.toMatchObject({ code: "USAGE" });
  expect(await readFile(join(dir, "device-data/day.mp4"), "utf8")).toBe("mine");
  await put(dir, "beside.mp4");
  await freshFolder(dir, [join(dir, "beside.mp4")]);
});

test("leaves a demo alone that still runs there", async () => {
  const dir = await tempDir();
  await freshFolder(dir);
  await writeFile(join(dir, MARK), `${process.ppid} is another process\n`);
  await put(dir, "cloud-data/x");
  await expect(freshFolder(dir)).rejects.toMatchObject({ code: "STORE_LOCKED" });
  expect(await readdir(join(dir, "cloud-data"))).toEqual(["x"]);
});
