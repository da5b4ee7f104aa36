import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findingOfUnlisted } from "../../../cloud-ingest/warehouse/duckdb/cold-check.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import { batch, countsRow, quarantineRow, SHIBUYA } from "./rows.ts";

const NOON = "2026-03-02T03:00:00Z";
const RANGE = { from: "2026-03-01", to: "2026-03-03" };
const DAY = join("counts", "date=2026-03-02");

let root: string;
const dirOf = (name: string) => join(root, name);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kazoe-duckdb-"));
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function use<T>(dir: string, work: (warehouse: Awaited<ReturnType<typeof openDuckDbWarehouse>>) => Promise<T>) {
  const warehouse = await openDuckDbWarehouse(dir);
  try {
    return await work(warehouse);
  } finally {
    await warehouse.close();
  }
}

const seqsOf = (dir: string) =>
  use(dir, async (warehouse) => (await warehouse.traffic(SHIBUYA, RANGE, "window")).map((row) => row.in).sort());

const storeOne = (dir: string, id: number, at = NOON) =>
  use(dir, (warehouse) =>
    warehouse.store(batch(id, { data: [countsRow(id, at, { in: id })], quarantine: [quarantineRow(id, at)] })),
  );

const archive = (dir: string) => use(dir, (warehouse) => warehouse.archive("2026-12-31"));

const filesOf = async (dir: string) => (await readdir(join(dir, DAY))).length;

function flipped(whole: Buffer, at: number): Buffer {
  const bytes = Buffer.from(whole);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}

/** The first byte of which a flipped bit goes unnoticed by a reader of Parquet, in a file whose name says nothing. */
async function firstFlipThatReads(whole: Buffer, dir: string): Promise<number> {
  const file = { table: "counts", date: "2026-03-02", file: "a.parquet" } as const;
  await mkdir(join(dir, DAY), { recursive: true });
  for (let at = 4; at < whole.length; at += 1) {
    await writeFile(join(dir, DAY, file.file), flipped(whole, at));
    if ("print" in (await findingOfUnlisted(dir, file))) return at;
  }
  throw new Error("Every flipped bit is noticed");
}

describe("DuckDB files", () => {
  it("has one Parquet file per date that any tool can read", async () => {
    await storeOne(dirOf("a"), 1);
    await archive(dirOf("a"));
    await storeOne(dirOf("a"), 2);
    await archive(dirOf("a"));
    expect(await filesOf(dirOf("a"))).toBe(1);
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const reader = await connection.runAndReadAll(
      `SELECT event_id, date, dwell_histogram, window_start FROM read_parquet($1) ORDER BY event_id`,
      [join(dirOf("a"), "counts", "*", "*.parquet")],
    );
    expect(reader.getRowObjectsJson()[1]).toEqual({
      event_id: "cam-1:boot-00000001:2",
      date: "2026-03-02",
      dwell_histogram: "[0,0,0,0,0,0,0,0,0,0]",
      window_start: "2026-03-02 03:00:00",
    });
  });

  it("knows a file by its name when the list of files is lost: a flipped bit that reads well is never taken for what was written", async () => {
    const dir = dirOf("a");
    await use(dir, async (warehouse) => {
      await warehouse.store(
        batch(40, { data: Array.from({ length: 40 }, (_, i) => countsRow(i + 1, NOON, { in: i + 1 })) }),
      );
      await warehouse.archive("2026-12-31");
    });
    const day = join(dir, DAY);
    const [name = ""] = await readdir(day);
    const whole = await readFile(join(day, name));
    const at = await firstFlipThatReads(whole, dirOf("probe"));
    await writeFile(join(day, name), flipped(whole, at));
    for (const file of ["hot.duckdb", "hot.duckdb.wal"]) await rm(join(dir, file), { force: true });
    expect([await seqsOf(dir), await readdir(day)]).toEqual([[], [`${name}.damaged`]]);
    await writeFile(join(day, name), whole);
    expect(await seqsOf(dir)).toHaveLength(40);
  });

  it("bears a crash between the rename and the commit that takes the rows out", async () => {
    await storeOne(dirOf("a"), 1);
    await cp(dirOf("a"), dirOf("b"), { recursive: true });
    await archive(dirOf("b"));
    await cp(join(dirOf("b"), "counts"), join(dirOf("a"), "counts"), { recursive: true });
    await cp(join(dirOf("b"), "quarantine"), join(dirOf("a"), "quarantine"), { recursive: true });
    expect(await seqsOf(dirOf("a"))).toEqual([1]);
    expect(await archive(dirOf("a"))).toEqual({ partitions: 2, rows: 2 });
    expect([await seqsOf(dirOf("a")), await filesOf(dirOf("a"))]).toEqual([[1], 1]);
  });

  it("bears a crash between that commit and the removal of the file before", async () => {
    await storeOne(dirOf("a"), 1);
    await archive(dirOf("a"));
    await storeOne(dirOf("a"), 2);
    await cp(dirOf("a"), dirOf("b"), { recursive: true });
    await archive(dirOf("a"));
    await cp(join(dirOf("b"), DAY), join(dirOf("a"), DAY), { recursive: true });
    expect(await filesOf(dirOf("a"))).toBe(2);
    expect([await seqsOf(dirOf("a")), await filesOf(dirOf("a"))]).toEqual([[1, 2], 1]);
  });

  it("takes the archive up again when the database was lost or put back from a backup", async () => {
    await storeOne(dirOf("a"), 1);
    await cp(dirOf("a"), dirOf("backup"), { recursive: true });
    await storeOne(dirOf("a"), 2);
    await archive(dirOf("a"));
    await rm(join(dirOf("a"), "hot.duckdb"));
    expect(await seqsOf(dirOf("a"))).toEqual([1, 2]);
    await cp(join(dirOf("backup"), "hot.duckdb"), join(dirOf("a"), "hot.duckdb"));
    expect(await seqsOf(dirOf("a"))).toEqual([1, 2]);
    await archive(dirOf("a"));
    expect([await seqsOf(dirOf("a")), await filesOf(dirOf("a"))]).toEqual([[1, 2], 1]);
  });

  it("leaves nothing behind of a Parquet file that was never finished", async () => {
    await storeOne(dirOf("a"), 1);
    await mkdir(join(dirOf("a"), "staging"));
    await writeFile(join(dirOf("a"), "staging", "x.parquet"), "half");
    await archive(dirOf("a"));
    expect(await readdir(join(dirOf("a"), "staging"))).toEqual([]);
  });

  it("adds the columns that the contract has gained, to old tables and old Parquet files", async () => {
    await storeOne(dirOf("a"), 1);
    await archive(dirOf("a"));
    const instance = await DuckDBInstance.create(join(dirOf("a"), "hot.duckdb"));
    const connection = await instance.connect();
    const [file = ""] = await readdir(join(dirOf("a"), DAY));
    const path = join(dirOf("a"), DAY, file);
    await connection.run(
      `COPY (SELECT * EXCLUDE (passers_by) FROM read_parquet('${path}')) TO '${path}.new' (FORMAT parquet)`,
    );
    await cp(`${path}.new`, path);
    await rm(`${path}.new`);
    await connection.run("ALTER TABLE counts DROP COLUMN passers_by");
    for (const column of ["bytes", "sha256", "checked_at", "damage", "indexed"])
      await connection.run(`ALTER TABLE cold_file DROP COLUMN ${column}`);
    await connection.run("DROP TABLE seq_range");
    connection.closeSync();
    instance.closeSync();
    await storeOne(dirOf("a"), 2);
    expect(await seqsOf(dirOf("a"))).toEqual([1, 2]);
    await archive(dirOf("a"));
    expect(await seqsOf(dirOf("a"))).toEqual([1, 2]);
  });
});
