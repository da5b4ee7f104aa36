import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { keptOf, setAside } from "../../../../cloud-ingest/warehouse/duckdb/set-aside.ts";
import { tempDir } from "../../../support/temp-dir.ts";

let dir: string;

beforeEach(async () => {
  dir = await tempDir();
});

const kept = async () => (await readdir(join(dir, "damaged"))).sort();

it("moves or copies a file, whole, under the next free number", async () => {
  await writeFile(join(dir, "a"), "one");
  expect(await setAside(dir, "a", "copy")).toBe("damaged/a.1");
  expect(await readFile(join(dir, "a"), "utf8")).toBe("one");
  expect(await setAside(dir, "a", "move")).toBe("damaged/a.2");
  expect(await readdir(dir)).toEqual(["damaged"]);
  for (const name of ["a.1", "a.2"]) expect(await readFile(join(dir, "damaged", name), "utf8")).toBe("one");
});

it("keeps the newest three of a name, files and folders, and counts on beyond nine", async () => {
  await mkdir(join(dir, "damaged", "a.8", "sub"), { recursive: true });
  for (const name of ["a.9", "a.10", "a.b.1", "b.1"]) await writeFile(join(dir, "damaged", name), "");
  await writeFile(join(dir, "a"), "");
  expect(await setAside(dir, "a", "move")).toBe("damaged/a.11");
  expect(await kept()).toEqual(["a.10", "a.11", "a.9", "a.b.1", "b.1"]);
  expect([await keptOf(dir, "a"), await keptOf(dir, "a.b"), await keptOf(dir, "c")]).toEqual([[9, 10, 11], [1], []]);
});

it("keeps nothing where nothing was set aside, and rejects what is not there", async () => {
  expect(await keptOf(dir, "a")).toEqual([]);
  await expect(setAside(dir, "a", "move")).rejects.toMatchObject({ code: "ENOENT" });
});
