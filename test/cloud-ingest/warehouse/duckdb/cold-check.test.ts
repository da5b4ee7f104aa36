import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeEach, describe, expect, it } from "vitest";
import {
  findingOf,
  findingOfUnlisted,
  fingerprintOf,
  isSameRow,
  looksWritten,
} from "../../../../cloud-ingest/warehouse/duckdb/cold-check.ts";
import { type ColdFile, pathOf } from "../../../../cloud-ingest/warehouse/duckdb/cold-files.ts";
import { tempDir } from "../../../support/temp-dir.ts";

/** SHA-256 of `abc`, from FIPS 180-2. */
const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const PRINT = { bytes: 3, sha256: ABC };
const FILE = { table: "counts", date: "2026-03-05", file: "a.parquet" } as const;
const KEYS = "'acme' AS tenant, 'shibuya' AS store, 'cam-1:b:1' AS event_id";
const COUNTS = `${KEYS}, 'cam-1' AS device_id, 'b' AS boot_id, 1 AS seq, DATE '2026-03-05' AS date`;
const QUARANTINE = "'m' AS message_id, now() AS received_at, 't' AS topic, DATE '2026-03-05' AS date";

let dir: string;
const listed = (print?: typeof PRINT) => ({ ...FILE, print, damage: "", indexed: true });

beforeEach(async () => {
  dir = await tempDir();
});

async function put(bytes: string | Buffer, file: ColdFile = FILE): Promise<void> {
  await mkdir(dirname(pathOf(dir, file)), { recursive: true });
  await writeFile(pathOf(dir, file), bytes);
}

async function putRows(sql: string, file: ColdFile = FILE): Promise<void> {
  await mkdir(dirname(pathOf(dir, file)), { recursive: true });
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`COPY (${sql}) TO '${pathOf(dir, file)}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}

describe("a listed file", () => {
  it("is good while its bytes are those that were written", async () => {
    await put("abc");
    expect(await fingerprintOf(pathOf(dir, FILE))).toEqual(PRINT);
    expect(await findingOf(dir, listed(PRINT))).toEqual({ print: PRINT });
  });

  it.each([
    { bytes: "abcd", damage: "has 4 bytes, was written with 3" },
    { bytes: "ab", damage: "has 2 bytes, was written with 3" },
    { bytes: "abd", damage: "holds other bytes than were written" },
  ])("is damaged when it $damage", async ({ bytes, damage }) => {
    await put(bytes);
    expect(await findingOf(dir, listed(PRINT))).toEqual({ damage });
  });

  it("is damaged when it is missing, or no file", async () => {
    expect(await findingOf(dir, listed(PRINT))).toEqual({ damage: "is missing" });
    await mkdir(pathOf(dir, FILE), { recursive: true });
    expect(await findingOf(dir, listed(PRINT))).toEqual({ damage: "is a folder" });
  });

  it("of an older list is read through, and known by its bytes from then on", async () => {
    await putRows(`SELECT ${COUNTS}`);
    expect(await findingOf(dir, listed())).toEqual({ print: await fingerprintOf(pathOf(dir, FILE)) });
    await put("abc");
    expect(await findingOf(dir, listed())).toEqual({ damage: "is no whole Parquet file" });
  });

  it("says nothing of itself when the machine cannot look at it", async () => {
    await put("abc");
    const file = { ...listed(PRINT), file: "x".repeat(300) };
    await expect(findingOf(dir, file)).rejects.toMatchObject({
      ...{ name: "AppError", message: expect.stringContaining("counts/date=2026-03-05/xxx") },
    });
    expect(await looksWritten(dir, file)).toBe(false);
  });

  it("is told by a look to have another size, to be no file or to be missing", async () => {
    expect(await looksWritten(dir, listed(PRINT))).toBe(false);
    await put("xyz");
    expect([await looksWritten(dir, listed(PRINT)), await looksWritten(dir, listed())]).toEqual([true, true]);
    await put("abcd");
    expect([await looksWritten(dir, listed(PRINT)), await looksWritten(dir, listed())]).toEqual([false, true]);
    await rm(pathOf(dir, FILE));
    await mkdir(pathOf(dir, FILE));
    expect(await looksWritten(dir, listed())).toBe(false);
  });
});

describe("a file of which nothing is known", () => {
  it.each([
    { file: FILE, sql: `SELECT ${COUNTS}` },
    { file: { ...FILE, table: "events" } as const, sql: `SELECT ${COUNTS}, 1 AS more` },
    { file: { ...FILE, table: "quarantine" } as const, sql: `SELECT ${QUARANTINE}` },
  ])("of $file.table is good when it can be read through", async ({ file, sql }) => {
    await putRows(sql, file);
    const print = await fingerprintOf(pathOf(dir, file));
    expect(await findingOfUnlisted(dir, file)).toEqual({ print });
    const named = { ...file, file: `${print.sha256}.parquet` };
    await put(await readFile(pathOf(dir, file)), named);
    expect(await findingOfUnlisted(dir, named)).toEqual({ print });
  });

  it("is damaged when its name says other bytes; any other name says nothing", async () => {
    const damage = "holds other bytes than its name says";
    await putRows(`SELECT ${COUNTS}`);
    const bytes = await readFile(pathOf(dir, FILE));
    const found = async (name: string) => {
      await put(bytes, { ...FILE, file: name });
      return findingOfUnlisted(dir, { ...FILE, file: name });
    };
    expect(await found(`${ABC}.parquet`)).toEqual({ damage });
    for (const name of [`${ABC}.2.parquet`, `x${ABC}.parquet`, `${ABC}0.parquet`, `${ABC}.parquet.parquet`])
      expect(await found(name)).toHaveProperty("print");
  });

  it.each([
    { sql: `SELECT * REPLACE (DATE '2026-03-04' AS date) FROM (SELECT ${COUNTS}), range(2)`, rows: 2 },
    { sql: `SELECT ${COUNTS} UNION ALL SELECT * REPLACE (NULL AS date) FROM (SELECT ${COUNTS})`, rows: 1 },
    { sql: `SELECT * REPLACE (NULL AS tenant) FROM (SELECT ${COUNTS})`, rows: 1 },
    { sql: `SELECT * REPLACE (NULL AS seq) FROM (SELECT ${COUNTS})`, rows: 1 },
  ])("is damaged when it holds $rows rows of another date, or of nobody: $sql", async ({ sql, rows }) => {
    await putRows(sql);
    expect(await findingOfUnlisted(dir, FILE)).toEqual({ damage: `holds ${rows} rows of another date or of nobody` });
  });

  it.each([
    { file: FILE, sql: `SELECT * EXCLUDE (seq) FROM (SELECT ${COUNTS})` },
    { file: FILE, sql: `SELECT * EXCLUDE (event_id) FROM (SELECT ${COUNTS})` },
    { file: { ...FILE, table: "health" } as const, sql: `SELECT * EXCLUDE (device_id) FROM (SELECT ${COUNTS})` },
    { file: { ...FILE, table: "quarantine" } as const, sql: `SELECT * EXCLUDE (topic) FROM (SELECT ${QUARANTINE})` },
  ])("is damaged when it lacks columns of ours: $file.table, $sql", async ({ file, sql }) => {
    await putRows(sql, file);
    expect(await findingOfUnlisted(dir, file)).toEqual({ damage: "lacks columns of ours" });
  });

  it("is damaged when it is no Parquet file, or no file", async () => {
    await put("text");
    expect(await findingOfUnlisted(dir, FILE)).toEqual({ damage: "is no whole Parquet file" });
    expect(await findingOfUnlisted(dir, { ...FILE, file: "b.parquet" })).toEqual({ damage: "is missing" });
    await mkdir(join(dirname(pathOf(dir, FILE)), "c.parquet"));
    expect(await findingOfUnlisted(dir, { ...FILE, file: "c.parquet" })).toEqual({ damage: "is a folder" });
  });
});

it("knows the same row of a table by what tells its rows apart", () => {
  const data = "a.tenant = b.tenant AND a.store = b.store AND a.event_id = b.event_id";
  expect((["counts", "events", "health"] as const).map((table) => isSameRow(table, "a", "b"))).toEqual(
    Array(3).fill(data),
  );
  expect(isSameRow("quarantine", "a", "b")).toBe(
    "a.message_id = b.message_id AND a.received_at = b.received_at AND a.topic = b.topic",
  );
});
