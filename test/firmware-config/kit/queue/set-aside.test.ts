import { mkdir, readdir, readFile, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { keepCopy, setAside } from "../../../../firmware-config/kit/queue/set-aside.ts";
import { tempDir } from "../../../support/temp-dir.ts";

const MB = 1024 * 1024;
const keptIn = async (dir: string) => (await readdir(join(dir, "damaged"))).sort();

/** Files in `damaged/`, the first the oldest. */
async function holding(sizes: readonly number[]) {
  const dir = await tempDir();
  await mkdir(join(dir, "damaged"));
  for (const [i, size] of sizes.entries()) {
    const file = join(dir, "damaged", `old-${String(i).padStart(2, "0")}`);
    await writeFile(file, "");
    await truncate(file, size);
    await utimes(file, i + 1, i + 1);
  }
  return dir;
}

test("what is set aside keeps its name, and takes a free one beside another of that name", async () => {
  const dir = await tempDir();
  for (const text of ["one", "two", "three"]) {
    await writeFile(join(dir, "file"), text);
    await setAside(dir, "file");
  }
  expect(await keptIn(dir)).toEqual(["file", "file.1", "file.2"]);
  expect(await readFile(join(dir, "damaged", "file.2"), "utf8")).toBe("three");
  expect(await readdir(dir)).toEqual(["damaged"]);
});

test("what is not there cannot be set aside", async () => {
  await expect(setAside(await tempDir(), "none")).rejects.toMatchObject({ code: "ENOENT" });
});

test("a copy is for nobody else, and one of the same name takes its place", async () => {
  const dir = await tempDir();
  await keepCopy(dir, "bytes", Buffer.from("first"));
  await keepCopy(dir, "bytes", Buffer.from("second"));
  expect(await readFile(join(dir, "damaged", "bytes"), "utf8")).toBe("second");
  expect((await stat(join(dir, "damaged", "bytes"))).mode & 0o777).toBe(0o600);
});

test("a file in the place of the folder makes room for it", async () => {
  const dir = await tempDir();
  await writeFile(join(dir, "damaged"), "a file");
  await keepCopy(dir, "bytes", Buffer.from("x"));
  expect(await keptIn(dir)).toEqual(["bytes"]);
});

test.each([
  { name: "as much as fits stays", sizes: [10 * MB, 10 * MB], bytes: 12 * MB, left: ["bytes", "old-00", "old-01"] },
  { name: "a byte more costs the oldest", sizes: [10 * MB, 10 * MB], bytes: 12 * MB + 1, left: ["bytes", "old-01"] },
  { name: "a large one costs all", sizes: [1, 1, 1], bytes: 32 * MB, left: ["bytes"] },
  { name: "what is larger than all that is kept costs none", sizes: [1], bytes: 32 * MB + 1, left: ["old-00"] },
])("the oldest go when the newest has no room: $name", async ({ sizes, bytes, left }) => {
  const dir = await holding(sizes);
  await keepCopy(dir, "bytes", Buffer.alloc(bytes));
  expect(await keptIn(dir)).toEqual(left);
});

test("of many files of no size the newest sixty-four are kept", async () => {
  const dir = await holding(Array.from({ length: 63 }, () => 0));
  await keepCopy(dir, "bytes-1", Buffer.alloc(0));
  expect(await keptIn(dir)).toHaveLength(64);
  await keepCopy(dir, "bytes-2", Buffer.alloc(0));
  const kept = await keptIn(dir);
  expect(kept).toHaveLength(64);
  expect(kept).not.toContain("old-00");
});

test("folders that were set aside go like files", async () => {
  const dir = await holding(Array.from({ length: 63 }, () => 0));
  const folder = join(dir, "damaged", "folder");
  await mkdir(join(folder, "within"), { recursive: true });
  await utimes(folder, 0, 0);
  await keepCopy(dir, "bytes", Buffer.alloc(0));
  expect(await keptIn(dir)).not.toContain("folder");
});

test("a disk that takes no copy is not worth an error", async () => {
  const file = join(await tempDir(), "file");
  await writeFile(file, "");
  await keepCopy(file, "bytes", Buffer.from("x"));
  expect(await readFile(file, "utf8")).toBe("");
});
