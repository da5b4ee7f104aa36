import { cp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDuckDbWarehouse } from "../../../../cloud-ingest/warehouse/duckdb/open.ts";
import { mendDatabase } from "../../../../cloud-ingest/warehouse/duckdb/open-mended.ts";
import { finishRescue, isRescueWanted, rescue, wantRescue } from "../../../../cloud-ingest/warehouse/duckdb/rescue.ts";
import { TABLES } from "../../../../cloud-ingest/warehouse/duckdb/tables.ts";
import { canSeeOpenFiles, openFilesIn } from "../../../support/open-files.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { batch, countsRow, quarantineRow, rollUp, SHIBUYA, staleDates } from "../rows.ts";
import { flipped } from "./log-parts.ts";

const BLOCK = 4096;
const OPTIONS = { memoryLimitMb: 256, threads: 1 };
const RANGE = { from: "2026-03-01", to: "2026-03-09" };
const GOES_ON =
  "The damaged file is kept as warehouse/damaged/hot.duckdb.1; archived days are untouched, and the inbox serves again what it " +
  "still holds. Look at what is missing, then remove that file: this is over at the next start.";

let base: string;
let dir: string;
const path = (name: string) => join(dir, name);
const names = async () => (await readdir(dir)).filter((name) => /duckdb|wanted/.test(name)).sort();

const at = (day: number) => new Date(Date.UTC(2026, 2, day, 3)).toISOString();
const dayOf = (day: number) => countsRow(day, at(day), { in: day });

/** Day 2 in the archive, day 3 in the database file, day 4 in its log alone; the days before 4 are rolled up. */
beforeAll(async () => {
  base = join(tmpdir(), `kazoe-rescue-${process.pid}`);
  const first = await openDuckDbWarehouse(join(base, "source"));
  await first.store(batch(1, { data: [dayOf(2)] }));
  await first.archive("2026-03-02");
  await first.store(batch(2, { data: [dayOf(3)] }));
  await rollUp(first, SHIBUYA, ["2026-03-02", "2026-03-03"]);
  await first.close();
  const second = await openDuckDbWarehouse(join(base, "source"));
  await second.store(batch(3, { data: [dayOf(4)], quarantine: [quarantineRow(3, at(4))] }));
  await cp(join(base, "source"), join(base, "copy"), { recursive: true });
  await second.close();
});

afterAll(() => rm(base, { recursive: true, force: true }));

beforeEach(async () => {
  dir = join(await tempDir(), "warehouse");
  await cp(join(base, "copy"), dir, { recursive: true });
});

async function opened() {
  const warehouse = await openDuckDbWarehouse(dir);
  const seen = {
    days: (await warehouse.traffic(SHIBUYA, RANGE, "window")).map((row) => row.in),
    last: await warehouse.lastStored("inbox"),
    stale: await staleDates(warehouse, SHIBUYA),
  };
  await warehouse.close();
  return seen;
}

async function said(): Promise<readonly unknown[]> {
  const heard: unknown[] = [];
  await mendDatabase(dir, { ...OPTIONS, troubles: { raise: (...words) => void heard.push(words) } });
  return heard;
}

async function run(...statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(path("hot.duckdb"));
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

async function damage(edit: (whole: Buffer) => Buffer): Promise<void> {
  await writeFile(path("hot.duckdb"), edit(await readFile(path("hot.duckdb"))));
}

describe("a rescue", () => {
  it("keeps all of a database that is whole, and where the inbox was", async () => {
    await writeFile(path("rescue.duckdb"), "of a rescue that a crash ended");
    await wantRescue(dir);
    const { tables, ...found } = await rescue(dir, OPTIONS);
    if (canSeeOpenFiles) expect(await openFilesIn(dir)).toEqual([]);
    expect(found).toEqual({ kept: "damaged/hot.duckdb.1", isOlder: false });
    expect(tables.map(({ table }) => table)).toEqual(Object.keys(TABLES));
    expect(tables.filter(({ isWhole }) => !isWhole)).toEqual([]);
    expect(await names()).toEqual(["hot.duckdb"]);
    expect(await readdir(path("damaged"))).toEqual(expect.arrayContaining(["hot.duckdb.1", "hot.duckdb.wal.1"]));
    expect(await opened()).toEqual({ days: [2, 3, 4], last: 3, stale: ["2026-03-04"] });
  });

  it("of what is no database begins anew, with the archive's days to be added up again", async () => {
    await writeFile(path("hot.duckdb"), "not a database".repeat(1000));
    expect(await rescue(dir, OPTIONS)).toEqual({ kept: "damaged/hot.duckdb.1", tables: [], isOlder: true });
    expect(await opened()).toEqual({ days: [2], last: 0, stale: ["2026-03-02"] });
  });

  it("of nothing at all says that nothing is kept", async () => {
    await rm(path("hot.duckdb"));
    await rm(path("hot.duckdb.wal"));
    expect(await rescue(dir, OPTIONS)).toEqual({ kept: undefined, tables: [], isOlder: true });
    expect(await opened()).toEqual({ days: [2], last: 0, stale: ["2026-03-02"] });
  });

  it("keeps all behind a damaged main header", async () => {
    await damage((whole) => flipped(whole, 100));
    expect(await rescue(dir, OPTIONS)).toMatchObject({ isOlder: false });
    expect(await opened()).toMatchObject({ days: [2, 3, 4], last: 3 });
  });

  it("behind a damaged header of the two goes back to what the other says, and never takes a log that does not fit", async () => {
    const found = [];
    for (const at of [BLOCK + 20, 2 * BLOCK + 20]) {
      await rm(dir, { recursive: true });
      await cp(join(base, "copy"), dir, { recursive: true });
      await damage((whole) => flipped(whole, at));
      const { isOlder } = await rescue(dir, OPTIONS);
      found.push({ isOlder, wal: (await readdir(path("damaged"))).includes("hot.duckdb.wal.1"), ...(await opened()) });
    }
    for (const one of found)
      expect(one).toMatchObject({ isOlder: true, wal: true, days: expect.not.arrayContaining([4]) });
  });

  it("forgets where the inbox was when rows are missing that only it has, and knows again what is stored", async () => {
    await run("CHECKPOINT");
    await enlargeQuarantine();
    await wantRescue(dir);
    const [[code, text, subject] = [], ...more] = Array.from(await said(), (words) => Array.from(Object(words)));
    expect([code, subject, more]).toEqual(["warehouse-damaged", "warehouse/damaged/hot.duckdb.1", []]);
    expect(text).toMatch(/^of the database were lost: quarantine \(\d+ rows lost, \d+ kept\)\. /);
    expect(text).toContain(GOES_ON);
    expect(await opened()).toEqual({ days: [2, 3, 4], last: 0, stale: ["2026-03-04"] });
    const warehouse = await openDuckDbWarehouse(dir);
    expect(await warehouse.store(batch(1, { data: [dayOf(2), dayOf(3), dayOf(5)] }))).toMatchObject({
      ...{ stored: 1, duplicate: 2 },
    });
    await warehouse.close();
  });

  /** Gives it blocks of its own, and damages one that holds payloads. */
  async function enlargeQuarantine(): Promise<void> {
    const instance = await DuckDBInstance.create(path("hot.duckdb"));
    const connection = await instance.connect();
    await connection.run(
      "INSERT INTO quarantine (message_id, payload) SELECT i, md5(i::VARCHAR) FROM range(40000) t(i)",
    );
    await connection.run("CHECKPOINT");
    const reader = await connection.runAndReadAll(
      `SELECT block_id FROM pragma_storage_info('quarantine') WHERE column_name = 'payload' AND segment_type = 'VARCHAR'
       ORDER BY segment_id DESC LIMIT 1`,
    );
    const block = Number(reader.getRows()[0]?.[0]);
    connection.closeSync();
    instance.closeSync();
    await damage((whole) =>
      whole.fill("damage", 3 * BLOCK + block * 262_144 + 2000, 3 * BLOCK + block * 262_144 + 2100),
    );
  }
});

describe("a rescue that is wanted", () => {
  it("is made before the next opening, once, and said", async () => {
    expect([await isRescueWanted(dir), await said()]).toEqual([false, []]);
    await wantRescue(dir);
    expect(await isRescueWanted(dir)).toBe(true);
    const text = `all rows of the database were kept. ${GOES_ON}`;
    expect(await said()).toEqual([["warehouse-damaged", text, "warehouse/damaged/hot.duckdb.1"]]);
    expect(await isRescueWanted(dir)).toBe(false);
  });

  it("says that nothing could be read, or that it is older", async () => {
    await truncate(path("hot.duckdb"), 0);
    await wantRescue(dir);
    expect(await said()).toEqual([
      [
        "warehouse-damaged",
        `nothing of the database could be read; what came after its last checkpoint is not in it. ${GOES_ON}`,
        "warehouse/damaged/hot.duckdb.1",
      ],
    ]);
  });

  it("is over when somebody has removed the database instead", async () => {
    await wantRescue(dir);
    await rm(path("hot.duckdb"));
    expect(await opened()).toMatchObject({ days: [2], last: 0 });
    expect(await isRescueWanted(dir)).toBe(false);
  });

  it("is finished when a crash came before the new file was put in place, or after the old one was moved", async () => {
    await finishRescue(dir);
    expect(await names()).toEqual(["hot.duckdb", "hot.duckdb.wal"]);
    await run("CHECKPOINT");
    for (const isMoved of [false, true]) {
      await wantRescue(dir);
      await cp(path("hot.duckdb"), path("rescued.duckdb"));
      if (isMoved) await rm(path("hot.duckdb"));
      await finishRescue(dir);
      expect(await names()).toEqual(["hot.duckdb"]);
      expect(await readdir(path("damaged"))).toContain("hot.duckdb.1");
    }
    expect(await opened()).toMatchObject({ days: [2, 3, 4], last: 3 });
  });
});
