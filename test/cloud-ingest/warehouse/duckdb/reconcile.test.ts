import { cp, mkdir, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { Troubles } from "../../../../cloud-ingest/troubles.ts";
import { archivePartition } from "../../../../cloud-ingest/warehouse/duckdb/archive.ts";
import { openDuckDbWarehouse } from "../../../../cloud-ingest/warehouse/duckdb/open.ts";
import type { Warehouse } from "../../../../cloud-ingest/warehouse/port.ts";
import { systemClock } from "../../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../../firmware-config/kit/log.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { openDatabase } from "../open-database.ts";
import { batch, countsRow, quarantineRow, rollUp, SHIBUYA, staleDates } from "../rows.ts";

const UTC = { ...SHIBUYA, timeZone: "UTC" };
const DAY = "2026-03-05";
const RANGE = { from: "2026-03-01", to: "2026-03-09" };

let dir: string;
let troubles: Troubles;
/** The file that the list names, and the later one that it does not, of the same date. */
let older: string;
let newer: string;

const at = (day: number, minute = 0) => new Date(Date.UTC(2026, 2, day, 12, minute)).toISOString();
const path = (name: string) => join(dir, name);
const subjects = () => troubles.list().map(({ code, subject }) => `${code} ${subject}`);
const windows = async (warehouse: Warehouse) => (await warehouse.traffic(UTC, RANGE, "window")).map((row) => row.in);

async function open(): Promise<Warehouse> {
  troubles = new Troubles({ log: silentLog, clock: systemClock });
  const warehouse = await openDuckDbWarehouse(dir, { troubles });
  onTestFinished(() => warehouse.close());
  return warehouse;
}

async function fileOf(date = DAY): Promise<string> {
  const [file = ""] = (await readdir(path(`counts/date=${date}`))).filter((name) => name.endsWith(".parquet"));
  return `counts/date=${date}/${file}`;
}

/** Days 4 to 6 are archived; then day 5 once more, with late rows, and the list goes back to before that. */
beforeEach(async () => {
  dir = join(await tempDir(), "warehouse");
  const warehouse = await open();
  const data = [4, 5, 6].map((day) => countsRow(day, at(day), { in: day }));
  await warehouse.store(batch(1, { data, quarantine: [quarantineRow(1, at(5))] }));
  await rollUp(warehouse, UTC, await staleDates(warehouse, UTC));
  await warehouse.archive(RANGE.to);
  await warehouse.close();
  older = await fileOf();
  await cp(path(older), path("older"));
  await cp(path("hot.duckdb"), path("before"));
  const later = await open();
  const late = Array.from({ length: 40 }, (_, index) => countsRow(50 + index, at(5, 1 + index), { in: 50 + index }));
  await later.store(batch(2, { data: late }));
  await later.archive(RANGE.to);
  await later.close();
  newer = await fileOf();
  await rename(path("before"), path("hot.duckdb"));
  await rename(path("older"), path(older));
});

const flip = async (file: string) => {
  const bytes = await readFile(file);
  for (let index = 4; index < bytes.length; index += 40) bytes[index] = (bytes[index] ?? 0) ^ 4;
  await writeFile(file, bytes);
};

/** Writes an older Parquet file of the same date. */
async function copyOfFirstRow(from: string, to: string): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT * FROM read_parquet('${from}', hive_partitioning = false) ORDER BY ts LIMIT 1) TO '${to}' (FORMAT parquet, COMPRESSION zstd)`,
  );
  connection.closeSync();
  instance.closeSync();
}

const LISTED = [
  { listed: "missing", damage: (file: string) => rm(file) },
  { listed: "cut", damage: (file: string) => truncate(file, 200) },
  { listed: "flipped", damage: flip },
  { listed: "empty", damage: (file: string) => truncate(file, 0) },
  { listed: "a folder", damage: (file: string) => rm(file).then(() => mkdir(join(file, "sub"), { recursive: true })) },
] as const;

const LATE = Array.from({ length: 40 }, (_, index) => 50 + index);

describe("a listed file beside an unlisted one of the same date", () => {
  it("gives way to it when that is all that is whole, and nothing else stops: whole", async () => {
    const warehouse = await open();
    expect(await windows(warehouse)).toEqual([4, 5, ...LATE, 6]);
    expect(subjects()).toEqual([]);
    expect(await staleDates(warehouse, UTC)).toEqual([DAY]);
  });

  it.each(LISTED)("is replaced when it is $listed and the other is whole", async ({ listed, damage }) => {
    await damage(path(older));
    const warehouse = await open();
    expect(await windows(warehouse)).toEqual([4, 5, ...LATE, 6]);
    expect(subjects()).toEqual(listed === "missing" ? [] : [`archive-damaged ${older}.damaged`]);
    expect(await fileOf()).toBe(newer);
    // What came after the list went back is served again, and counts once, in the hours and days as well.
    const again = [countsRow(50, at(5, 1)), countsRow(7, at(5, 50), { in: 7 })];
    expect(await warehouse.store(batch(2, { data: again }))).toMatchObject({ stored: 1, duplicate: 1 });
    await warehouse.archive(RANGE.to);
    await rollUp(warehouse, UTC, await staleDates(warehouse, UTC));
    const sum = 5 + LATE.reduce((one, other) => one + other, 0) + 7;
    expect((await warehouse.traffic(UTC, RANGE, "day")).map((row) => row.in)).toEqual([4, sum, 6]);
    await rm(path(`${older}.damaged`), { recursive: true, force: true });
    await warehouse.archive(RANGE.to);
    expect(subjects()).toEqual([]);
  });

  it.each([{ listed: "whole", damage: async () => {} }, ...LISTED])(
    "stops its own date alone when it is $listed and the other is damaged",
    async ({ listed, damage }) => {
      await damage(path(older));
      await truncate(path(newer), 500);
      const warehouse = await open();
      expect(await windows(warehouse)).toEqual(listed === "whole" ? [4, 5, 6] : [4, 6]);
      const told = listed === "whole" ? [] : [`archive-damaged ${older}`];
      expect(subjects().sort()).toEqual([...told, `archive-damaged ${newer}.damaged`].sort());
      for (const { text, subject } of troubles.list()) expect(text).toContain(subject);
      expect(await warehouse.store(batch(2, { data: [countsRow(9, at(9))] }))).toMatchObject({ stored: 1 });
      expect(await warehouse.archive(RANGE.to)).toEqual({ partitions: 1, rows: 1 });
    },
  );

  it("is said to be missing when the other is an older one, and gives what it holds when it is put back", async () => {
    await rename(path(older), path("older"));
    const all = await open();
    await all.archive(RANGE.to);
    await all.close();
    await rename(path(newer), path("newer"));
    await rename(path("older"), path(older));
    const warehouse = await open();
    expect(await windows(warehouse)).toEqual([4, 5, 6]);
    expect(subjects()).toEqual([`archive-damaged ${newer}`]);
    await rename(path("newer"), path(newer));
    await warehouse.archive(RANGE.to);
    expect(await windows(warehouse)).toEqual([4, 5, ...LATE, 6]);
    expect(subjects()).toEqual([]);
  });

  it("never costs a file that was set aside before", async () => {
    await writeFile(path(`${older}.damaged`), "of before");
    await truncate(path(older), 200);
    await open();
    expect(subjects()).toEqual([`archive-damaged ${older}.2.damaged`, `archive-damaged ${older}.damaged`]);
    expect(await readFile(path(`${older}.damaged`), "utf8")).toBe("of before");
  });
});

describe("a file of one day in the place of another day's", () => {
  it("is found at the start, by its size", async () => {
    await cp(path(newer), path(await fileOf("2026-03-04")));
    const name = await fileOf("2026-03-04");
    const warehouse = await open();
    expect(await windows(warehouse)).toEqual([5, ...LATE, 6]);
    expect(subjects()).toEqual([`archive-damaged ${name}`]);
  });

  it("is found before it is read, by its size", async () => {
    await cp(path(newer), path("newer"));
    const warehouse = await open();
    const name = await fileOf("2026-03-04");
    await cp(path("newer"), path(name));
    expect(await windows(warehouse)).toEqual([5, ...LATE, 6]);
    expect(subjects()).toEqual([`archive-damaged ${name}`]);
  });

  it("is found before the quarantine is read", async () => {
    const warehouse = await open();
    const folder = "quarantine/date=2026-03-05";
    const [file = ""] = await readdir(path(folder));
    await truncate(path(`${folder}/${file}`), 100);
    expect(await warehouse.quarantineGroups({}, 10)).toEqual([]);
    expect(subjects()).toEqual([`archive-damaged ${folder}/${file}`]);
  });

  it("never counts, even when its size is the same", async () => {
    await rm(path(newer));
    const warehouse = await open();
    const [from, to] = [await readFile(path(await fileOf())), await readFile(path(await fileOf("2026-03-06")))];
    expect(from.length).toBe(to.length);
    await cp(path(await fileOf()), path(await fileOf("2026-03-06")));
    expect(await windows(warehouse)).toEqual([4, 5]);
  });
});

describe("a file of late rows", () => {
  /** Day 5 as one file, then one late row beside it, then all in one again; the list stands as after `until`. */
  const LIMITS = { mostFiles: 2, largeRows: 1 };
  let main: string;
  let late: string;
  let whole: string;

  const files = async () => (await readdir(path(`counts/date=${DAY}`))).map((name) => `counts/date=${DAY}/${name}`);
  const keep = async (name: string) => {
    await cp(path(`counts/date=${DAY}`), path(name), { recursive: true });
    await cp(path("hot.duckdb"), path(`${name}.duckdb`));
  };
  /** Puts back the list of one moment, and of these files. */
  const stand = async (list: string, names: readonly string[]) => {
    await rename(path(`${list}.duckdb`), path("hot.duckdb"));
    for (const name of names) await cp(path(`whole-and-late/${basename(name)}`), path(name));
  };

  beforeEach(async () => {
    dir = join(await tempDir(), "warehouse");
    const step = async (number: number, seqs: readonly number[]) => {
      const warehouse = await open();
      const data = seqs.map((seq) => countsRow(seq, at(5, seq), { in: seq }));
      await warehouse.store(batch(number, { data }));
      await warehouse.close();
      const database = await openDatabase(dir);
      await archivePartition(database, { table: "counts", date: DAY }, LIMITS);
      await database.close();
    };
    await step(1, [1, 2]);
    [main = ""] = await files();
    await keep("first");
    await step(2, [3]);
    late = (await files()).find((name) => name !== main) ?? "";
    await keep("second");
    await step(3, [4]);
    [whole = ""] = await files();
    await keep("third");
    await mkdir(path("whole-and-late"));
    for (const [folder, name] of [
      ["second", main],
      ["second", late],
      ["third", whole],
    ] as const)
      await cp(path(`${folder}/${basename(name)}`), path(`whole-and-late/${basename(name)}`));
    await rm(path(whole));
  });

  it.each([
    { name: "the list is from before it", list: "first", there: () => [main, late], out: [1, 2, 3] },
    { name: "the list is from before all became one", list: "second", there: () => [whole], out: [1, 2, 3, 4] },
    {
      name: "so, and the old ones lie there still",
      list: "second",
      there: () => [main, late, whole],
      out: [1, 2, 3, 4],
    },
    { name: "so, and the first is gone", list: "second", there: () => [late, whole], out: [1, 2, 3, 4] },
    { name: "so, and the late one is gone", list: "second", there: () => [main, whole], out: [1, 2, 3, 4] },
    {
      name: "all became one, and the old ones lie there still",
      list: "third",
      there: () => [main, late, whole],
      out: [1, 2, 3, 4],
    },
    { name: "an older file took the place of all", list: "third", there: () => [main], out: [1, 2] },
    { name: "the same, beside it", list: "third", there: () => [main, late], out: [1, 2, 3] },
    { name: "it is missing", list: "second", there: () => [main], out: [1, 2] },
  ])("counts each row once when $name", async ({ list, there, out }) => {
    await stand(list, there());
    const warehouse = await open();
    const seen = async () => (await windows(warehouse)).toSorted((a, b) => a - b);
    expect(await seen()).toEqual(out);
    await warehouse.archive(RANGE.to);
    expect(await seen()).toEqual(out);
  });

  it.each([
    { name: "an older file takes its date's place", old: true, told: true },
    { name: "all became one", old: false, told: false },
  ])("is said to be missing unless what it held is in the one that is there: $name", async ({ old, told }) => {
    await stand("second", old ? [main] : [whole]);
    // An older writing of the date has fewer bytes than the last one.
    if (old) await copyOfFirstRow(path(main), path(`counts/date=${DAY}/older.parquet`));
    const warehouse = await open();
    expect(await windows(warehouse)).toEqual(old ? [1, 2] : [1, 2, 3, 4]);
    expect(subjects()).toEqual(told ? [`archive-damaged ${late}`] : []);
  });

  it.each([
    { name: "a late file under a name of its own", of: () => late, as: "again.parquet" },
    { name: "a late file as one of the whole date", of: () => late, as: () => late.replace(".late", "") },
    { name: "the date's file as a late one", of: () => main, as: () => main.replace(".parquet", ".late.parquet") },
  ])("is known by its bytes where a listed one is renamed: $name", async ({ of, as }) => {
    await stand("second", [main, late]);
    const other = of() === main ? late : main;
    const folder = `counts/date=${DAY}`;
    await rename(path(of()), path(typeof as === "string" ? `${folder}/${as}` : as()));
    const bytes = await readFile(path(other));
    await rm(path(other));
    const warehouse = await open();
    // What is gone is said and waited for: its date's rows are not all there are.
    expect(subjects()).toEqual([`archive-damaged ${other}`]);
    expect(await files()).toEqual([of()]);
    await writeFile(path(other), bytes);
    await warehouse.archive(RANGE.to);
    expect((await windows(warehouse)).toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
    expect(subjects()).toEqual([]);
  });

  it("copied under another name says nothing new, though another file of its date is missing", async () => {
    await stand("second", [late]);
    await cp(path(late), path(`counts/date=${DAY}/copy.parquet`));
    const warehouse = await open();
    expect(await windows(warehouse)).toEqual([3]);
    expect(subjects()).toEqual([`archive-damaged ${main}`]);
    expect(await files()).toEqual([late]);
  });

  it("is taken up when the database was lost, the whole one first", async () => {
    await stand("second", [main, late]);
    await rm(path("hot.duckdb"));
    const warehouse = await open();
    expect(await windows(warehouse)).toEqual([1, 2, 3]);
    expect(await files()).toEqual([main]);
    expect(await warehouse.store(batch(9, { data: [1, 2, 3].map((seq) => countsRow(seq, at(5, seq))) }))).toMatchObject(
      {
        duplicate: 3,
      },
    );
  });

  it("waits while another file of its date is damaged, is said, and counts once that is back", async () => {
    await stand("first", [main, late]);
    const bytes = await readFile(path(main));
    await truncate(path(main), 100);
    const warehouse = await open();
    expect(await windows(warehouse)).toEqual([]);
    expect(subjects().sort()).toEqual([`archive-damaged ${main}`, `archive-damaged ${late}`].sort());
    await writeFile(path(main), bytes);
    await warehouse.archive(RANGE.to);
    expect(await windows(warehouse)).toEqual([1, 2, 3]);
    expect(subjects()).toEqual([]);
  });

  it("does not count when its bytes are not those of its name", async () => {
    await stand("first", [main, late]);
    await flip(path(late));
    const warehouse = await open();
    expect(await windows(warehouse)).toEqual([1, 2]);
    expect(subjects()).toEqual([`archive-damaged ${late}.damaged`]);
  });
});
