import { DuckDBInstance } from "@duckdb/node-api";
import { beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { bringUpToDate } from "../../../../cloud-ingest/warehouse/duckdb/schema.ts";
import { Session } from "../../../../cloud-ingest/warehouse/duckdb/session.ts";
import { TABLES } from "../../../../cloud-ingest/warehouse/duckdb/tables.ts";

let session: Session;

beforeEach(async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  session = new Session(connection);
  onTestFinished(() => {
    connection.closeSync();
    instance.closeSync();
  });
});

const COLUMNS = "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY ALL";

it("makes every table, with the types that rows are read as", async () => {
  await bringUpToDate(session);
  const columns = await session.rows(COLUMNS);
  expect(new Set(columns.map((row) => row.table_name))).toEqual(new Set(Object.keys(TABLES)));
  const type = (table: string, column: string) =>
    columns.find((row) => row.table_name === table && row.column_name === column)?.data_type;
  expect([type("counts", "in"), type("counts", "date"), type("counts", "dwell_s"), type("counts", "partial")]).toEqual([
    ...["BIGINT", "DATE", "DOUBLE", "BOOLEAN"],
  ]);
  expect([type("counts", "dwell_histogram"), type("counts", "ts"), type("ledger", "stream")]).toEqual([
    ...["JSON", "TIMESTAMP", "VARCHAR"],
  ]);
});

it("adds what older tables lack, keeps their rows, and changes nothing that is up to date", async () => {
  await bringUpToDate(session);
  const all = await session.rows(COLUMNS);
  await session.run("DROP TABLE clock_mark");
  for (const column of ["quarantined", "last_number"]) await session.run(`ALTER TABLE ledger DROP COLUMN ${column}`);
  await session.run("INSERT INTO ledger VALUES ('inbox', 1, 2)");
  await bringUpToDate(session);
  expect(await session.rows(COLUMNS)).toEqual(all);
  expect(await session.rows("SELECT stream, stored, last_number FROM ledger")).toEqual([
    { stream: "inbox", stored: "1", last_number: null },
  ]);
  const run = vi.spyOn(session, "run");
  await bringUpToDate(session);
  expect(run).not.toHaveBeenCalled();
});
