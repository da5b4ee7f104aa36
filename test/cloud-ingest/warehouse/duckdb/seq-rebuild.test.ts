import { cp, mkdir, rm, truncate, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { addDays } from "../../../../cloud-ingest/calendar.ts";
import { pathOf } from "../../../../cloud-ingest/warehouse/duckdb/cold-files.ts";
import {
  type ListedFile,
  listedFiles,
  listFile,
  noteCheck,
} from "../../../../cloud-ingest/warehouse/duckdb/cold-list.ts";
import type { Database } from "../../../../cloud-ingest/warehouse/duckdb/database.ts";
import { DuckDbIngestStore } from "../../../../cloud-ingest/warehouse/duckdb/ingest-store.ts";
import { DuckDbJobStore } from "../../../../cloud-ingest/warehouse/duckdb/job-store.ts";
import { indexAnew, indexArchive, indexOldDatabase } from "../../../../cloud-ingest/warehouse/duckdb/seq-rebuild.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { careOf, openDatabase } from "../open-database.ts";
import { batch, countsRow, dataRow, healthMessage, quarantineRow } from "../rows.ts";

let database: Database;

const at = (day: number) => new Date(Date.UTC(2026, 2, day, 12)).toISOString();

/** Numbers 1 to 3 in the archive, of two kinds, 5 and 6 in the hot database. */
beforeEach(async () => {
  database = await openDatabase(await tempDir());
  const care = careOf(database);
  const store = new DuckDbIngestStore(database, care);
  const data = [countsRow(1, at(1)), countsRow(2, at(2)), dataRow(healthMessage(3, at(2)))];
  await store.store(batch(1, { data, quarantine: [quarantineRow(1, at(1))] }));
  await new DuckDbJobStore(database, care).archive("2026-03-02");
  await store.store(batch(2, { data: [countsRow(5, at(3)), dataRow(healthMessage(6, at(3)))] }));
});

afterEach(() => database.close());

const ranges = () =>
  database.read(async (session) =>
    (await session.rows("SELECT first_seq || '-' || last_seq AS range FROM seq_range ORDER BY first_seq")).map(
      ({ range }) => range,
    ),
  );
const unindexed = async () => (await database.read(listedFiles)).filter(({ indexed }) => !indexed).length;
const good = async () => true;

async function archived(table: string, date: string): Promise<ListedFile> {
  const file = (await database.read(listedFiles)).find((one) => one.table === table && one.date === date);
  if (!file) throw new Error("Not archived");
  return file;
}

describe("the index of numbers", () => {
  it("is made anew from the hot rows, and then from the archive, in as few ranges as there are", async () => {
    await database.write(indexAnew);
    expect([await ranges(), await unindexed()]).toEqual([["5-6"], 4]);
    await indexArchive(database, good);
    expect([await ranges(), await unindexed()]).toEqual([["1-3", "5-6"], 0]);
  });

  it("of an older database is made from its hot rows, and one that is there is left alone", async () => {
    await database.write((session) => session.run("DELETE FROM seq_range WHERE first_seq > 1"));
    await indexOldDatabase(database);
    expect(await ranges()).toEqual(["1-3"]);
    await database.write((session) => session.run("DELETE FROM seq_range"));
    await indexOldDatabase(database);
    expect(await ranges()).toEqual(["5-6"]);
  });

  it("takes hundreds of files, some at once", async () => {
    await database.write(indexAnew);
    const file = await archived("counts", "2026-03-01");
    const copies = Array.from({ length: 200 }, (_, day) => ({
      ...{ ...file, date: addDays("2020-01-01", day), file: `${day}.parquet`, indexed: false },
    }));
    for (const copy of copies) {
      await mkdir(dirname(pathOf(database.dir, copy)), { recursive: true });
      await cp(pathOf(database.dir, file), pathOf(database.dir, copy));
    }
    await database.write(async (session) => {
      for (const copy of copies) await listFile(session, copy);
    });
    await indexArchive(database, good);
    expect([await ranges(), await unindexed()]).toEqual([["1-3", "5-6"], 0]);
  });

  it("leaves out a file that turns out to be damaged, and takes the others", async () => {
    await database.write(indexAnew);
    const bad = await archived("counts", "2026-03-02");
    await truncate(pathOf(database.dir, bad), 10);
    const check = vi.fn(async () => {
      await database.write((session) => noteCheck(session, { ...bad, damage: "is cut" }, 0));
      return false;
    });
    await indexArchive(database, check);
    expect([await ranges(), await unindexed(), check.mock.calls.length]).toEqual([["1-1", "3-3", "5-6"], 1, 1]);
  });

  it("fails when no file is to blame, and leaves nothing half done", async () => {
    await database.write(indexAnew);
    await writeFile(pathOf(database.dir, await archived("counts", "2026-03-02")), "not Parquet");
    await expect(indexArchive(database, good)).rejects.toMatchObject({ code: "STORE_CORRUPT" });
    expect([await ranges(), await unindexed()]).toEqual([["5-6"], 4]);
  });

  it("is done when every file left is damaged", async () => {
    await database.write(indexAnew);
    const files = await database.read(listedFiles);
    for (const file of files) await rm(pathOf(database.dir, file));
    await indexArchive(database, async (suspects) => {
      await database.write(async (session) => {
        for (const file of suspects) await noteCheck(session, { ...file, damage: "is missing" }, 0);
      });
      return false;
    });
    expect([await ranges(), await unindexed()]).toEqual([["5-6"], 4]);
  });
});
