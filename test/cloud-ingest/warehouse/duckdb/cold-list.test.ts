import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  coldFiles,
  damagedFiles,
  filesToCheck,
  hasUnindexedFiles,
  hiddenDates,
  type ListedFile,
  listedFiles,
  listedOn,
  listFile,
  noteCheck,
  noteIndexed,
  unindexedFiles,
  unlistFile,
} from "../../../../cloud-ingest/warehouse/duckdb/cold-list.ts";
import type { Database } from "../../../../cloud-ingest/warehouse/duckdb/database.ts";
import type { Session } from "../../../../cloud-ingest/warehouse/duckdb/session.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { openDatabase } from "../open-database.ts";

const NOW_MS = Date.UTC(2026, 2, 9, 12);
const HOUR_MS = 3_600_000;
const PRINT = { bytes: 7, sha256: "ab".repeat(32) };

let database: Database;

beforeEach(async () => {
  database = await openDatabase(await tempDir());
});

afterEach(() => database.close());

const fileOf = (day: number, over: Partial<ListedFile> = {}): ListedFile => ({
  ...{ table: "counts", date: `2026-03-0${day}`, file: `${day}.parquet`, print: PRINT, damage: "", indexed: true },
  ...over,
});

const list = (...files: readonly ListedFile[]) =>
  database.write(async (session) => {
    for (const file of files) await listFile(session, file);
    for (const file of files) if (file.damage !== "") await noteCheck(session, file, NOW_MS);
  });

async function names(ask: (session: Session) => Promise<readonly ListedFile[]>): Promise<readonly string[]> {
  return (await database.read(ask)).map(({ table, file }) => (table === "counts" ? file : `${table} ${file}`)).sort();
}

describe("the list of files", () => {
  it("gives back what was listed, with or without a fingerprint", async () => {
    const files = [fileOf(1), fileOf(2, { print: undefined, indexed: false }), fileOf(3, { damage: "is missing" })];
    await list(...files);
    const found = await database.read(listedFiles);
    expect([...found].sort((a, b) => a.date.localeCompare(b.date))).toEqual(files);
    await database.write((session) =>
      session.run("INSERT INTO cold_file (table_name, date) VALUES ('later', '2026-03-04')"),
    );
    expect(await database.read(listedFiles)).toHaveLength(3);
  });

  it("has one file of a date and table, the last that was listed", async () => {
    await list(fileOf(1), fileOf(1, { file: "new.parquet" }), fileOf(1, { table: "events" }), fileOf(2));
    expect(await names(listedFiles)).toEqual(["2.parquet", "events 1.parquet", "new.parquet"]);
    await database.write((session) => unlistFile(session, fileOf(1)));
    expect(await names(listedFiles)).toHaveLength(3);
    await database.write((session) => unlistFile(session, fileOf(1, { file: "new.parquet" })));
    expect(await names(listedFiles)).toEqual(["2.parquet", "events 1.parquet"]);
  });

  it("tells the files of dates, all of them or the good ones", async () => {
    await list(fileOf(1), fileOf(2, { damage: "is missing" }), fileOf(3), fileOf(1, { table: "events" }));
    const dates = ["2026-03-01", "2026-03-02", "2026-03-04"];
    expect(await names((session) => listedOn(session, "counts", dates))).toEqual(["1.parquet", "2.parquet"]);
    expect(await names((session) => coldFiles(session, "counts", dates))).toEqual(["1.parquet"]);
    expect(await names((session) => listedOn(session, "counts", []))).toEqual([]);
    expect(await names(damagedFiles)).toEqual(["2.parquet"]);
  });

  it("hides the dates around a damaged file of counts, and of no other table", async () => {
    await list(fileOf(1), fileOf(3, { damage: "is missing" }), fileOf(7, { table: "events", damage: "is missing" }));
    expect([...(await database.read(hiddenDates))].sort()).toEqual(["2026-03-02", "2026-03-03", "2026-03-04"]);
  });

  it("knows which good files are not in the index", async () => {
    await list(fileOf(1), fileOf(2, { indexed: false, damage: "is missing" }));
    expect([await names(unindexedFiles), await database.read(hasUnindexedFiles)]).toEqual([[], false]);
    await list(fileOf(3, { indexed: false }), fileOf(4, { indexed: false }));
    expect([await names(unindexedFiles), await database.read(hasUnindexedFiles)]).toEqual([
      ["3.parquet", "4.parquet"],
      true,
    ]);
    await database.write((session) => noteIndexed(session, [fileOf(3)]));
    expect(await names(unindexedFiles)).toEqual(["4.parquet"]);
  });

  it("notes how a file was found, unless it is listed no more", async () => {
    await list(fileOf(1, { print: undefined }));
    const note = (file: ListedFile) => database.write((session) => noteCheck(session, file, NOW_MS));
    expect(await note(fileOf(1, { file: "other.parquet" }))).toBe(false);
    expect(await note(fileOf(1, { damage: "is missing" }))).toBe(true);
    expect(await database.read(listedFiles)).toEqual([fileOf(1, { damage: "is missing" })]);
    expect(await note(fileOf(1, { damage: "", print: undefined }))).toBe(true);
    expect(await database.read(listedFiles)).toEqual([fileOf(1, { print: undefined })]);
  });
});

describe("the files to check", () => {
  const due = (parts: number, nowMs = NOW_MS) => database.read((session) => filesToCheck(session, nowMs, parts));
  const noteAt = (day: number, hoursAgo: number, ms = 0) =>
    database.write((session) => noteCheck(session, fileOf(day), NOW_MS - hoursAgo * HOUR_MS - ms));

  it("are those not looked at for more than 20 hours, in either direction of the clock", async () => {
    await list(...[1, 2, 3, 4, 5, 6].map((day) => fileOf(day)));
    for (const [day, hours, ms] of [
      [2, 20, 1],
      [3, 20, 0],
      [4, -20, 0],
      [5, -20, -1],
      [6, 0, 0],
    ] as const)
      await noteAt(day, hours, ms);
    expect((await due(1)).map(({ file }) => file).sort()).toEqual(["1.parquet", "2.parquet", "5.parquet"]);
  });

  it("are a share of all, never none, and first those that were not looked at for longest", async () => {
    await list(...[1, 2, 3, 4, 5].map((day) => fileOf(day)));
    for (const [day, hours] of [
      [1, 30],
      [2, 60],
      [3, 40],
      [5, 50],
    ] as const)
      await noteAt(day, hours);
    const first = async (parts: number) => (await due(parts)).map(({ file }) => Number.parseInt(file, 10));
    expect(await first(5)).toEqual([4]);
    expect(await first(4)).toEqual([4, 2]);
    expect(await first(1)).toEqual([4, 2, 5, 3, 1]);
    expect(await first(1000)).toEqual([4]);
  });
});
