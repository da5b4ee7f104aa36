import { BIGINT, DuckDBInstance, VARCHAR } from "@duckdb/node-api";
import { beforeEach, expect, it } from "vitest";
import { inTransaction } from "../../../../cloud-ingest/warehouse/duckdb/instance.ts";
import { type FilledColumn, Session } from "../../../../cloud-ingest/warehouse/duckdb/session.ts";

const ROWS = 5_000;
const NUMBER: FilledColumn = { name: "n", type: BIGINT, value: (index) => BigInt(index) };
const TEXT: FilledColumn = { name: "t", type: VARCHAR, value: (index) => (index === 1 ? null : `\u0000é${index}`) };

let session: Session;

beforeEach(async () => {
  session = new Session(await (await DuckDBInstance.create(":memory:")).connect());
  await session.run("CREATE TABLE item (later JSON, t VARCHAR, n BIGINT)");
});

const found = async () =>
  session.rows(
    "SELECT count(*)::INT AS rows, sum(n)::INT AS sum, count(t)::INT AS texts, count(later)::INT AS later FROM item",
  );

it("appends any number of rows, whatever the order of the table's columns, and NULL where it has more", async () => {
  await inTransaction(session, () => session.append("item", [NUMBER, TEXT], ROWS));
  await inTransaction(session, () => session.append("item", [NUMBER, TEXT], 0));
  expect(await found()).toEqual([{ rows: ROWS, sum: (ROWS * (ROWS - 1)) / 2, texts: ROWS - 1, later: 0 }]);
  expect(await session.rows("SELECT t FROM item WHERE n IN (1, 4999) ORDER BY n")).toEqual([
    { t: null },
    { t: "\u0000é4999" },
  ]);
});

it("leaves nothing of an append that fails, in its transaction or in a later one", async () => {
  const broken: FilledColumn = {
    ...NUMBER,
    value: (index) => {
      if (index === ROWS - 1) throw new Error("no such row");
      return BigInt(index);
    },
  };
  await expect(inTransaction(session, () => session.append("item", [broken, TEXT], ROWS))).rejects.toThrow(
    "no such row",
  );
  await inTransaction(session, () => session.append("item", [NUMBER], 1));
  expect(await found()).toEqual([{ rows: 1, sum: 0, texts: 0, later: 0 }]);
});

it("appends within the transaction: undone with it", async () => {
  const undone = inTransaction(session, async () => {
    await session.append("item", [NUMBER], ROWS);
    throw new Error("later fault");
  });
  await expect(undone).rejects.toThrow("later fault");
  expect(await found()).toEqual([{ rows: 0, sum: null, texts: 0, later: 0 }]);
});
