import { execFileSync } from "node:child_process";
import { cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import type { Warehouse } from "../../../cloud-ingest/warehouse/port.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { batch, countsRow, SHIBUYA } from "./rows.ts";

const UTC = { ...SHIBUYA, timeZone: "UTC" };
const RANGE = { from: "2026-03-01", to: "2026-03-09" };

let base: string;
let dir: string;
let troubles: Troubles;

const at = (day: number, minute = 0) => new Date(Date.UTC(2026, 2, day, 12, minute)).toISOString();
const row = (day: number, minute = 0) => countsRow(day * 60 + minute, at(day, minute), { in: day });
const path = (name: string) => join(dir, name);
const windows = async (warehouse: Warehouse) => (await warehouse.traffic(UTC, RANGE, "window")).map((one) => one.in);
const told = () => troubles.list().map(({ code, subject }) => `${code} ${subject}`.trim());

async function open(): Promise<Warehouse> {
  troubles = new Troubles({ log: silentLog, clock: systemClock });
  const warehouse = await openDuckDbWarehouse(dir, { troubles });
  onTestFinished(() => warehouse.close());
  return warehouse;
}

/** Days 4 and 5 in the archive, day 6 in the database alone. */
beforeAll(async () => {
  base = join(tmpdir(), `kazoe-places-${process.pid}`, "warehouse");
  const warehouse = await openDuckDbWarehouse(base);
  await warehouse.store(batch(1, { data: [row(4), row(5)] }));
  await warehouse.archive("2026-03-05");
  await warehouse.store(batch(2, { data: [row(6)] }));
  await warehouse.close();
});

afterAll(() => rm(join(base, ".."), { recursive: true, force: true }));

beforeEach(async () => {
  dir = join(await tempDir(), "warehouse");
  await cp(base, dir, { recursive: true });
});

const THINGS = [
  { what: "a named pipe", make: async (name: string) => void execFileSync("mkfifo", [path(name)]) },
  { what: "a folder", make: async (name: string) => void (await mkdir(join(path(name), "sub"), { recursive: true })) },
  { what: "a link that leads nowhere", make: (name: string) => symlink("/nowhere/at/all", path(name)) },
  { what: "a file", make: (name: string) => writeFile(path(name), "hello") },
] as const;

const [PIPE, , , FILE] = THINGS;

async function put({ make }: (typeof THINGS)[number], name: string): Promise<void> {
  await rm(path(name), { recursive: true, force: true });
  await make(name);
}

async function nameOf(day: number): Promise<string> {
  const folder = `counts/date=2026-03-0${day}`;
  const [file = ""] = await readdir(path(folder));
  return `${folder}/${file}`;
}

async function goesOn(warehouse: Warehouse): Promise<void> {
  expect(await warehouse.store(batch(9, { data: [row(8)] }))).toMatchObject({ stored: 1 });
  expect((await windows(warehouse)).at(-1)).toBe(8);
}

describe("what is no file where a file is opened", () => {
  const logs = ["hot.duckdb.wal", "hot.duckdb.wal.checkpoint", "hot.duckdb.wal.recovery"];
  const places = [
    ...logs,
    "hot.duckdb.wal.mended",
    "hot.duckdb",
    "rescued.duckdb",
    "rescue.duckdb",
    "rescue.duckdb.wal",
  ];

  it.each(places.flatMap((name) => THINGS.slice(0, 3).map((thing) => ({ name, what: thing.what, thing }))))(
    "is put aside and said: $name is $what",
    async ({ name, what, thing }) => {
      await put(thing, name);
      const warehouse = await open();
      const kept = `warehouse/damaged/${name}.1`;
      expect(told()).toEqual([logs.includes(name) ? "warehouse-log-cut" : `warehouse-damaged ${kept}`]);
      expect(troubles.list()[0]?.text).toContain(`warehouse/${name} was ${what} and must be a file`);
      expect(troubles.list()[0]?.text).toContain(kept);
      expect(await windows(warehouse)).toEqual(name === "hot.duckdb" ? [4, 5] : [4, 5, 6]);
      await goesOn(warehouse);
    },
  );

  it.each(THINGS.slice(0, 3))("stops its own date alone in the archive: $what", async (thing) => {
    const name = await nameOf(4);
    const good = await readFile(path(name));
    await put(thing, name);
    const warehouse = await open();
    expect(told()).toEqual([`archive-damaged ${name}`]);
    expect(troubles.list()[0]?.text).toContain(`${name} is ${thing.what}`);
    expect(await windows(warehouse)).toEqual([5, 6]);
    await goesOn(warehouse);
    await rm(path(name), { recursive: true });
    await writeFile(path(name), good);
    await warehouse.archive("2026-03-05");
    expect(told()).toEqual([]);
  });

  it("stops its own date alone when it comes while the warehouse runs", async () => {
    const warehouse = await open();
    const name = await nameOf(4);
    await put(PIPE, name);
    expect(await windows(warehouse)).toEqual([5, 6]);
    expect(told()).toEqual([`archive-damaged ${name}`]);
    await goesOn(warehouse);
  });

  it.each(THINGS.slice(0, 3))("is set aside when it is not listed: $what", async (thing) => {
    await put(thing, "counts/date=2026-03-04/x.parquet");
    const warehouse = await open();
    expect(told()).toEqual(["archive-damaged counts/date=2026-03-04/x.parquet.damaged"]);
    expect(await windows(warehouse)).toEqual([4, 5, 6]);
    await goesOn(warehouse);
  });
});

describe("what is no folder where a folder must be", () => {
  it.each(THINGS.filter(({ what }) => what !== "a folder"))("is named, a table's: $what", async (thing) => {
    await rename(path("counts"), path("away"));
    await thing.make("counts");
    const warehouse = await open();
    expect(told()).toContain("archive-damaged counts");
    expect(troubles.list().at(-1)?.text).toContain(`warehouse/counts is ${thing.what} and must be a folder`);
    expect(await windows(warehouse)).toEqual([6]);
    await goesOn(warehouse);
    expect(await warehouse.archive(RANGE.to)).toEqual({ partitions: 0, rows: 0 });
    await rm(path("counts"));
    await rename(path("away"), path("counts"));
    expect(await warehouse.archive(RANGE.to)).toEqual({ partitions: 2, rows: 2 });
    expect(told()).toEqual([]);
    expect(await windows(warehouse)).toEqual([4, 5, 6, 8]);
  });

  it.each(THINGS.filter(({ what }) => what !== "a folder"))(
    "stops its own date alone, a date's: $what",
    async (thing) => {
      const folder = "counts/date=2026-03-04";
      const name = await nameOf(4);
      await put(thing, folder);
      await thing.make("counts/date=2026-03-08");
      const warehouse = await open();
      expect(told()).toEqual([
        `archive-damaged ${name}`,
        `archive-damaged ${folder}`,
        "archive-damaged counts/date=2026-03-08",
      ]);
      expect(await windows(warehouse)).toEqual([5, 6]);
      await goesOn(warehouse);
      expect(await warehouse.archive(RANGE.to)).toEqual({ partitions: 1, rows: 1 });
      expect(await windows(warehouse)).toEqual([5, 6, 8]);
    },
  );

  it.each(["damaged", "tmp", "staging"])("costs nothing: %s", async (name) => {
    await put(PIPE, name);
    await put(PIPE, "hot.duckdb.wal");
    const warehouse = await open();
    const kept = name === "damaged" ? "warehouse/damaged.in-the-way" : "warehouse/damaged/tmp.1";
    expect(told().sort()).toEqual([...(name === "staging" ? [] : [`warehouse-damaged ${kept}`]), "warehouse-log-cut"]);
    await goesOn(warehouse);
    expect(await warehouse.archive(RANGE.to)).toEqual({ partitions: 2, rows: 2 });
  });

  it.each(THINGS.filter(({ what }) => what !== "a folder"))("is named, the warehouse's own: $what", async (thing) => {
    await rm(dir, { recursive: true });
    await thing.make("");
    await expect(open()).rejects.toMatchObject({
      code: "DISK_UNWRITABLE",
      message: expect.stringContaining(`"warehouse" is ${thing.what} and must be a folder`),
      hint: `"warehouse" is ${thing.what} and must be a folder: move it away.`,
    });
    await rm(dir);
    await goesOn(await open());
  });

  it("is named when something comes in the way of what is to be put aside, while it runs", async () => {
    const { setAside } = await import("../../../cloud-ingest/warehouse/duckdb/set-aside.ts");
    await put(FILE, "damaged");
    await expect(setAside(dir, "hot.duckdb", "copy")).rejects.toMatchObject({
      hint: expect.stringContaining('"damaged" is a file'),
    });
  });
});
