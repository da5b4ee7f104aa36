import { open } from "node:fs/promises";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { expect, it, onTestFinished } from "vitest";
import { rescueTable } from "../../../../cloud-ingest/warehouse/duckdb/rescue-table.ts";
import { Session } from "../../../../cloud-ingest/warehouse/duckdb/session.ts";
import { createTable, TABLES } from "../../../../cloud-ingest/warehouse/duckdb/tables.ts";
import { numberOf } from "../../../../cloud-ingest/warehouse/row.ts";
import { tempDir } from "../../../support/temp-dir.ts";

const HEAD = 12_288;
const BLOCK = 262_144;
/** Two groups of rows; what cannot be read costs DuckDB's vector of 2,048 rows, or a few. */
const ROWS = 140_001;
const VECTOR = 2048;
const QUARTERS = `CREATE TABLE stale_quarter AS
  SELECT md5(i::VARCHAR) AS tenant, 's' AS store, TIMESTAMP '2026-01-01' + to_minutes(i) AS quarter FROM range(${ROWS}) t(i)`;

/** A session with today's tables, beside the damaged database that these statements made. */
async function beside(statements: readonly string[], damage: (file: string) => Promise<void> = async () => {}) {
  const file = join(await tempDir(), "damaged.duckdb");
  await withDuckDb(file, async (connection) => {
    for (const statement of [...statements, "CHECKPOINT"]) await connection.run(statement);
  });
  await damage(file);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  onTestFinished(() => {
    connection.closeSync();
    instance.closeSync();
  });
  const session = new Session(connection);
  for (const table of ["stale_quarter", "clock_mark", "ledger"])
    await session.run(createTable(table, TABLES[table] ?? []));
  await session.run(`ATTACH '${file}' AS damaged (READ_ONLY)`);
  return session;
}

async function withDuckDb<T>(file: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Damages a block that holds names of the second group of rows alone. */
async function damageOne(file: string): Promise<void> {
  const block = await withDuckDb(file, async (connection) => {
    const reader = await connection.runAndReadAll(
      `SELECT block_id FROM pragma_storage_info('stale_quarter')
       WHERE column_name = 'tenant' AND segment_type = 'VARCHAR' AND row_group_id = 1 ORDER BY segment_id LIMIT 1`,
    );
    return Number(reader.getRows()[0]?.[0]);
  });
  const handle = await open(file, "r+");
  await handle.write("damage", HEAD + block * BLOCK + 5000);
  await handle.close();
}

it("copies a whole table, and an empty one", async () => {
  const session = await beside([QUARTERS, "CREATE TABLE clock_mark (told_at VARCHAR)"]);
  expect(await rescueTable(session, "stale_quarter")).toEqual({
    ...{ table: "stale_quarter", rows: ROWS, lost: 0, isWhole: true },
  });
  expect(
    await session.rows("SELECT count(*) AS n FROM (FROM stale_quarter EXCEPT FROM damaged.stale_quarter)"),
  ).toEqual([{ n: "0" }]);
  expect(await rescueTable(session, "clock_mark")).toEqual({
    ...{ table: "clock_mark", rows: 0, lost: 0, isWhole: true },
  });
});

it("copies the columns that an older database has, and of a table that it lacks nothing", async () => {
  const session = await beside(["CREATE TABLE ledger AS SELECT 'a' AS stream, 7 AS last_number, 1 AS given_up"]);
  expect(await rescueTable(session, "ledger")).toMatchObject({ rows: 1, isWhole: true });
  expect(await session.rows("SELECT stream, last_number, stored FROM ledger")).toEqual([
    { stream: "a", last_number: "7", stored: null },
  ]);
  expect(await rescueTable(session, "clock_mark")).toEqual({
    ...{ table: "clock_mark", rows: 0, lost: 0, isWhole: true },
  });
});

it("keeps all rows around a damaged block, each once", async () => {
  const session = await beside([QUARTERS], damageOne);
  const { rows, lost, isWhole } = await rescueTable(session, "stale_quarter");
  expect({ isWhole, sum: rows + (lost ?? 0) }).toEqual({ isWhole: false, sum: ROWS });
  expect(lost).toBeGreaterThan(0);
  expect(lost).toBeLessThanOrEqual(16 * VECTOR);
  const [found] = await session.rows(
    "SELECT count(*) AS n, count(DISTINCT tenant) AS names, count(*) FILTER (quarter < '2026-03-27 08:00:00') AS whole FROM stale_quarter",
  );
  expect([numberOf(found ?? {}, "n"), numberOf(found ?? {}, "names")]).toEqual([rows, rows]);
  expect(numberOf(found ?? {}, "whole")).toBe(122_880);
});

it("stops for what is no damage", async () => {
  const session = await beside(["CREATE TABLE clock_mark AS SELECT ['no text'] AS told_at"]);
  await session.run("DROP TABLE clock_mark");
  await expect(rescueTable(session, "clock_mark")).rejects.toThrow("clock_mark");
});
