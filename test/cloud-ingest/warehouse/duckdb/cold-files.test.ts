import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import {
  emptyWhenMissing,
  exists,
  filesOnDisk,
  makeFolder,
  nameOf,
  obstaclesOf,
  pathOf,
  publishFile,
  removeFile,
  setFileAside,
} from "../../../../cloud-ingest/warehouse/duckdb/cold-files.ts";
import { tempDir } from "../../../support/temp-dir.ts";

const FILE = { table: "counts", date: "2026-03-05", file: "a.parquet" } as const;

let dir: string;
const path = (name: string) => join(dir, name);

beforeEach(async () => {
  dir = await tempDir();
});

async function put(name: string, text = ""): Promise<void> {
  await mkdir(dirname(path(name)), { recursive: true });
  await writeFile(path(name), text);
}

describe("the files of a table", () => {
  it("are those of its dates, with their ending", async () => {
    for (const name of ["date=2026-03-05/a.parquet", "date=2026-03-06/b.parquet", "date=2026-03-06/c.parquet.damaged"])
      await put(`counts/${name}`);
    const others = ["x.parquet", "date=2026-02-30/a.parquet", "date=2026-3-5/a.parquet", "date=2026-03-05x/a.parquet"];
    const more = ["date=2026-03-05/sub/a.parquet", "sub/date=2026-03-05/a.parquet", "date=2026-03-05/a.txt"];
    for (const name of [...others, ...more]) await put(`counts/${name}`);
    await put("events/date=2026-03-07/d.parquet");
    const found = async (ending?: string) => (await filesOnDisk(dir, "counts", ending)).map(nameOf).sort();
    expect(await found()).toEqual(["counts/date=2026-03-05/a.parquet", "counts/date=2026-03-06/b.parquet"]);
    expect(await found(".damaged")).toEqual(["counts/date=2026-03-06/c.parquet.damaged"]);
    expect(await filesOnDisk(dir, "events")).toEqual([{ table: "events", date: "2026-03-07", file: "d.parquet" }]);
  });

  it("are none where there is no folder", async () => {
    expect(await filesOnDisk(dir, "counts")).toEqual([]);
    await put("counts");
    expect(await filesOnDisk(dir, "counts")).toEqual([]);
  });

  it("are not said to be none when the folder cannot be read", () => {
    const failed = Object.assign(new Error("no"), { code: "EIO" });
    expect(() => emptyWhenMissing(failed)).toThrow(failed);
    for (const code of ["ENOENT", "ENOTDIR"])
      expect(emptyWhenMissing(Object.assign(new Error("no"), { code }))).toEqual([]);
  });
});

it("sets a file aside beside all that was set aside before", async () => {
  for (const text of ["one", "two", "three"]) {
    await put(nameOf(FILE), text);
    await setFileAside(dir, FILE);
  }
  const texts = ["", ".2", ".3"].map((nth) => readFile(`${pathOf(dir, FILE)}${nth}.damaged`, "utf8"));
  expect(await Promise.all(texts)).toEqual(["one", "two", "three"]);
  expect(await exists(pathOf(dir, FILE))).toBe(false);
});

describe("a folder", () => {
  it("is made with those above it, and may be there", async () => {
    expect(await makeFolder(path("a/b/c"))).toBe(path("a"));
    expect(await makeFolder(path("a/b/c"))).toBeUndefined();
  });

  it("is not made where something else stands, which is named with what to do", async () => {
    await put("a/b");
    const text = '"b" is a file and must be a folder';
    await expect(makeFolder(path("a/b"))).rejects.toMatchObject({
      ...{ code: "DISK_UNWRITABLE", message: `${text}: ${path("a/b")}`, hint: `${text}: move it away.` },
      cause: { code: "EEXIST" },
    });
  });

  it("is refused for the system's own reason where nothing stands in its way", async () => {
    await put("a");
    await expect(makeFolder(path("a/b"))).rejects.toMatchObject({ code: "ENOTDIR" });
  });

  it("that cannot be made because something else is there is found in the archive, of a table and of a date", async () => {
    expect(await obstaclesOf(dir, "counts")).toEqual([]);
    await mkdir(path("counts/date=2026-03-04"), { recursive: true });
    await put("counts/date=2026-03-05");
    await put("counts/other");
    await mkdir(path("elsewhere"));
    await symlink(path("elsewhere"), path("counts/date=2026-03-06"));
    await symlink("/nowhere/at/all", path("counts/date=2026-03-07"));
    expect((await obstaclesOf(dir, "counts")).map(({ name, kind }) => `${name} is ${kind}`).sort()).toEqual([
      "counts/date=2026-03-05 is a file",
      "counts/date=2026-03-07 is a link that leads nowhere",
    ]);
    await put("events");
    expect(await obstaclesOf(dir, "events")).toEqual([{ name: "events", kind: "a file" }]);
  });
});

it("publishes a file in a folder that it makes, and in one that is there", async () => {
  for (const name of ["a", "b"]) {
    await put("staging", name);
    await publishFile(path("staging"), path(`counts/date=2026-03-05/${name}`));
  }
  expect((await readdir(path("counts/date=2026-03-05"))).sort()).toEqual(["a", "b"]);
  expect([await exists(path("staging")), await exists(path("counts"))]).toEqual([false, true]);
});

it("removes a file that may be gone already", async () => {
  await put("a");
  await removeFile(path("a"));
  await removeFile(path("a"));
  expect(await exists(path("a"))).toBe(false);
});
