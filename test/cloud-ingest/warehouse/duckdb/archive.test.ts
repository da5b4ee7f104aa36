import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { archivePartition, closedPartitions } from "../../../../cloud-ingest/warehouse/duckdb/archive.ts";
import { fingerprintOf } from "../../../../cloud-ingest/warehouse/duckdb/cold-check.ts";
import { pathOf } from "../../../../cloud-ingest/warehouse/duckdb/cold-files.ts";
import {
  coldFiles,
  coldRows,
  fileParameters,
  type ListedFile,
  listedFiles,
} from "../../../../cloud-ingest/warehouse/duckdb/cold-list.ts";
import type { Database } from "../../../../cloud-ingest/warehouse/duckdb/database.ts";
import { DuckDbIngestStore } from "../../../../cloud-ingest/warehouse/duckdb/ingest-store.ts";
import type { IngestBatch } from "../../../../cloud-ingest/warehouse/port.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { careOf, openDatabase } from "../open-database.ts";
import { batch, countsRow, dataRow, healthMessage, quarantineRow } from "../rows.ts";

const DAY = { table: "counts", date: "2026-03-05" } as const;

let database: Database;
let number: number;

beforeEach(async () => {
  database = await openDatabase(await tempDir());
  number = 0;
});

afterEach(() => database.close());

const at = (minute: number, day = 5) => new Date(Date.UTC(2026, 2, day, 12, minute)).toISOString();

async function store(parts: Partial<IngestBatch>): Promise<void> {
  number += 1;
  await new DuckDbIngestStore(database, careOf(database)).store(batch(number, parts));
}

const rows = (sql: string, parameters: string[] = []) => database.read((session) => session.rows(sql, parameters));
const hot = async (table = "counts") => (await rows(`SELECT * FROM ${table}`)).length;

async function listed(): Promise<ListedFile> {
  const [file] = await database.read(listedFiles);
  if (!file) throw new Error("No file is listed");
  return file;
}

async function inFile(column: string): Promise<readonly unknown[]> {
  const path = pathOf(database.dir, await listed());
  const sql = `SELECT ${column} AS value FROM read_parquet($1, hive_partitioning = false, file_row_number = true) ORDER BY file_row_number`;
  return (await rows(sql, [path])).map(({ value }) => value);
}

describe("the dates that are closed", () => {
  it("are those up to a day, of every table, oldest first", async () => {
    const data = [countsRow(1, at(0, 6)), countsRow(2, at(0, 5)), countsRow(3, at(1, 5)), countsRow(4, at(0, 7))];
    await store({ data: [...data, dataRow(healthMessage(5, at(0, 4)))], quarantine: [quarantineRow(1, at(0, 5))] });
    expect(await database.read((session) => closedPartitions(session, "2026-03-06"))).toEqual([
      { table: "counts", date: "2026-03-05" },
      { table: "counts", date: "2026-03-06" },
      { table: "health", date: "2026-03-04" },
      { table: "quarantine", date: "2026-03-05" },
    ]);
  });
});

describe("a date that is archived", () => {
  it("is one file, named after its bytes and listed with them, and no rows", async () => {
    await store({ data: [countsRow(1, at(0)), countsRow(2, at(1)), countsRow(3, at(0, 6))] });
    expect(await archivePartition(database, DAY)).toBe(2);
    const file = await listed();
    const print = await fingerprintOf(pathOf(database.dir, file));
    expect(file).toEqual({ ...DAY, file: `${print.sha256}.parquet`, print, damage: "", indexed: true });
    expect([await hot(), await readdir(join(database.dir, "staging"))]).toEqual([1, []]);
    const [column] = await rows("SELECT DISTINCT compression FROM parquet_metadata($1)", [pathOf(database.dir, file)]);
    expect(column).toEqual({ compression: "ZSTD" });
  });

  it("lies in the order in which it is read", async () => {
    const data = [
      countsRow(1, at(9), { deviceId: "cam-2" }),
      countsRow(2, at(5), { deviceId: "cam-1" }),
      countsRow(3, at(3), { deviceId: "cam-2" }),
      countsRow(4, at(2), { deviceId: "cam-1" }),
    ];
    await store({ data });
    await archivePartition(database, DAY);
    expect(await inFile("seq::INTEGER")).toEqual([4, 2, 3, 1]);
  });

  it("of the quarantine lies in the order of its receipt", async () => {
    await store({ quarantine: [quarantineRow(1, at(9)), quarantineRow(3, at(2)), quarantineRow(2, at(2))] });
    await archivePartition(database, { table: "quarantine", date: DAY.date });
    expect(await inFile("message_id")).toEqual(["inbox:2", "inbox:3", "inbox:1"]);
  });

  it("takes late rows into a new file, and the old one goes", async () => {
    await store({ data: [countsRow(1, at(0))] });
    await archivePartition(database, DAY);
    const old = await listed();
    await store({ data: [countsRow(2, at(1))] });
    expect(await archivePartition(database, DAY)).toBe(1);
    const { file, indexed } = await listed();
    expect([file === old.file, indexed]).toEqual([false, true]);
    expect(await readdir(join(database.dir, "counts", `date=${DAY.date}`))).toEqual([file]);
    expect(await inFile("seq::INTEGER")).toEqual([1, 2]);
  });

  it("holds a row once that came again, and the same rows make the same file, which stays", async () => {
    await store({ data: [countsRow(1, at(0))] });
    await archivePartition(database, DAY);
    const old = await listed();
    await database.write((session) =>
      session.run("INSERT INTO counts BY NAME FROM read_parquet($1, hive_partitioning = false)", [
        pathOf(database.dir, old),
      ]),
    );
    expect([await hot(), await archivePartition(database, DAY), await hot()]).toEqual([1, 1, 0]);
    expect(await listed()).toEqual(old);
    expect(await inFile("seq::INTEGER")).toEqual([1]);
  });

  it("stays to be indexed when its file before was", async () => {
    await store({ data: [countsRow(1, at(0))] });
    await archivePartition(database, DAY);
    await store({ data: [countsRow(2, at(1))] });
    await database.write((session) => session.run("UPDATE cold_file SET indexed = false"));
    await archivePartition(database, DAY);
    expect((await listed()).indexed).toBe(false);
  });

  it("stays as it was when its file cannot be put in place, and leaves nothing behind", async () => {
    await store({ data: [countsRow(1, at(0))] });
    await mkdir(join(database.dir, "counts"));
    const folder = join(database.dir, "counts", `date=${DAY.date}`);
    await writeFile(folder, "");
    await expect(archivePartition(database, DAY)).rejects.toMatchObject({ code: "DISK_UNWRITABLE" });
    expect([await hot(), await readdir(join(database.dir, "staging")), await database.read(listedFiles)]).toEqual([
      1,
      [],
      [],
    ]);
    await rm(folder);
    expect(await archivePartition(database, DAY)).toBe(1);
  });
});

describe("late rows of a large date", () => {
  const LIMITS = { mostFiles: 3, largeRows: 1 };
  const files = () => database.read((session) => coldFiles(session, "counts", [DAY.date]));
  const late = async (seq: number) => {
    await store({ data: [countsRow(seq, at(seq))] });
    return archivePartition(database, DAY, LIMITS);
  };

  it("lie in a file of their own, named after its bytes, and the large one is not touched", async () => {
    await late(1);
    const [first] = await files();
    await late(2);
    const [one, other] = await files();
    expect(one).toEqual(first);
    const print = await fingerprintOf(pathOf(database.dir, other ?? first ?? (await listed())));
    expect(other).toEqual({ ...DAY, file: `${print.sha256}.late.parquet`, print, damage: "", indexed: true });
    expect([await hot(), (await readdir(join(database.dir, "counts", `date=${DAY.date}`))).length]).toEqual([0, 2]);
  });

  it("become one file with the others once there are so many, and nothing is lost or there twice", async () => {
    for (const seq of [1, 2, 3]) expect(await late(seq)).toBe(1);
    expect(await files()).toHaveLength(3);
    await late(4);
    expect(await files()).toHaveLength(1);
    expect(await inFile("seq::INTEGER")).toEqual([1, 2, 3, 4]);
    expect(await readdir(join(database.dir, "counts", `date=${DAY.date}`))).toEqual([(await listed()).file]);
  });

  it("become one file with it when one of them stands in it already, which counts once", async () => {
    await late(1);
    const parameters = fileParameters(database.dir, await files());
    const again = `INSERT INTO counts BY NAME SELECT * FROM (${coldRows(1)})`;
    await database.write((session) => session.run(again, parameters));
    await late(2);
    expect([await hot(), (await files()).length]).toEqual([0, 1]);
    expect(await inFile("seq::INTEGER")).toEqual([1, 2]);
  });

  it("are written with the others when these are small", async () => {
    await store({ data: [countsRow(1, at(1))] });
    await archivePartition(database, DAY);
    await store({ data: [countsRow(2, at(2))] });
    await archivePartition(database, DAY);
    expect(await files()).toHaveLength(1);
  });

  it("are to be indexed when their date's file is", async () => {
    await late(1);
    await store({ data: [countsRow(2, at(2))] });
    await database.write((session) => session.run("UPDATE cold_file SET indexed = false"));
    await archivePartition(database, DAY, LIMITS);
    expect((await files()).map(({ indexed }) => indexed)).toEqual([false, false]);
  });
});
