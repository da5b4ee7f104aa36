import { cp, mkdir, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { loadStoreReport } from "../../../cloud-ingest/report/load-store-report.ts";
import { trafficCsvParts } from "../../../cloud-ingest/report/traffic-csv.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { type DuckDbOptions, openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import { Session } from "../../../cloud-ingest/warehouse/duckdb/session.ts";
import type { TrafficSpan, Warehouse } from "../../../cloud-ingest/warehouse/port.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { batch, countsRow, dataRow, healthMessage, quarantineRow, rollUp, SHIBUYA, staleDates } from "./rows.ts";

const UTC = { ...SHIBUYA, timeZone: "UTC" };
const DAY = "2026-03-05";
const RANGE = { from: "2026-03-01", to: "2026-03-09" };

let dir: string;
let troubles: Troubles;

beforeEach(async () => {
  dir = await tempDir();
  troubles = new Troubles({ log: silentLog, clock: systemClock });
});

async function open(options: Partial<DuckDbOptions> = {}): Promise<Warehouse> {
  const warehouse = await openDuckDbWarehouse(dir, { troubles, ...options });
  onTestFinished(() => warehouse.close());
  return warehouse;
}

const at = (day: number, minute = 0) => new Date(Date.UTC(2026, 2, day, 12, minute)).toISOString();

/** Nine archived days with one count each, rolled up. */
async function nineDays(): Promise<Warehouse> {
  const warehouse = await open();
  const data = Array.from({ length: 9 }, (_, index) => countsRow(index + 1, at(index + 1), { in: index + 1 }));
  await warehouse.store(batch(1, { data, quarantine: [quarantineRow(1, at(5))] }));
  await rollUp(warehouse, UTC, await staleDates(warehouse, UTC));
  await warehouse.archive(RANGE.to);
  return warehouse;
}

const folder = (table = "counts", date = DAY) => join(dir, table, `date=${date}`);

async function fileOf(table = "counts", date = DAY): Promise<string> {
  const [file = ""] = (await readdir(folder(table, date))).filter((name) => name.endsWith(".parquet"));
  return file;
}

const rolled = async (warehouse: Warehouse) => (await warehouse.traffic(UTC, RANGE, "day")).map((row) => row.in);
const windows = async (warehouse: Warehouse) => (await warehouse.traffic(UTC, RANGE, "window")).map((row) => row.in);
const subjects = () => troubles.list().map(({ code, subject }) => `${code} ${subject}`);

const DAMAGES = [
  { name: "cut in half", damage: async (path: string) => truncate(path, (await readFile(path)).length >> 1) },
  { name: "empty", damage: (path: string) => truncate(path, 0) },
  { name: "text", damage: (path: string) => writeFile(path, "garbage garbage garbage") },
  { name: "missing", damage: (path: string) => rm(path) },
  { name: "a folder", damage: (path: string) => rm(path).then(() => mkdir(path)) },
] as const;

describe("a damaged file of the archive", () => {
  it.each(DAMAGES)("stops nothing but its own date: $name", async ({ damage }) => {
    const warehouse = await nineDays();
    const name = `counts/date=${DAY}/${await fileOf()}`;
    await cp(join(dir, name), join(dir, "backup"));
    await damage(join(dir, name));
    const late = [countsRow(15, at(5, 1), { in: 50 }), countsRow(12, at(2, 1), { in: 20 })];
    expect(await warehouse.store(batch(2, { data: [...late, countsRow(5, at(5))] }))).toMatchObject({
      stored: 2,
      duplicate: 1,
    });
    expect(await windows(warehouse)).toEqual([1, 2, 20, 3, 4, 50, 6, 7, 8, 9]);
    expect(await warehouse.archive(RANGE.to)).toEqual({ partitions: 1, rows: 1 });
    expect(subjects()).toEqual([`archive-damaged ${name}`]);
    expect(troubles.list()[0]?.text).not.toContain(dir);
    expect(await staleDates(warehouse, UTC)).toEqual(["2026-03-02"]);
    await rollUp(warehouse, UTC, ["2026-03-02", DAY, "2026-03-08"]);
    expect(await rolled(warehouse)).toEqual([1, 22, 3, 4, 5, 6, 7, 8, 9]);

    await warehouse.close();
    troubles = new Troubles({ log: silentLog, clock: systemClock });
    const again = await open();
    expect(subjects()).toEqual([`archive-damaged ${name}`]);
    expect(await again.store(batch(3, { data: [countsRow(5, at(5)), ...late] }))).toMatchObject({ duplicate: 3 });

    await rm(join(dir, name), { recursive: true, force: true });
    await rename(join(dir, "backup"), join(dir, name));
    expect(await again.archive(RANGE.to)).toEqual({ partitions: 1, rows: 1 });
    expect(subjects()).toEqual([]);
    expect(await staleDates(again, UTC)).toEqual([DAY]);
    await rollUp(again, UTC, [DAY]);
    expect(await rolled(again)).toEqual([1, 22, 3, 4, 55, 6, 7, 8, 9]);
    expect(await windows(again)).toEqual([1, 2, 20, 3, 4, 5, 50, 6, 7, 8, 9]);
  });

  it("is never taken for the whole of its dates: pages and CSV say the roll-up's numbers, or say that they cannot", async () => {
    const warehouse = await nineDays();
    await truncate(join(folder(), await fileOf()), 40);
    await warehouse.store(batch(2, { data: [countsRow(15, at(5, 1), { in: 50 })] }));
    const csv = async (span: TrafficSpan, range = RANGE) => {
      let text = "";
      for await (const part of trafficCsvParts(warehouse, UTC, { range, span })) text += part;
      return text
        .trim()
        .split("\r\n")
        .slice(1)
        .map((line) => Number(line.split(",")[8]));
    };
    expect(await csv("day")).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await csv("hour")).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await expect(csv("window")).rejects.toMatchObject({ code: "STORE_CORRUPT", message: expect.stringContaining(DAY) });
    expect(await csv("window", { from: "2026-03-07", to: "2026-03-09" })).toEqual([7, 8, 9]);
    const report = await loadStoreReport(warehouse, { store: UTC, range: RANGE, now: new Date(at(9)) });
    expect(report.unreadable).toEqual(["2026-03-04", DAY, "2026-03-06"]);
    expect(report.daily.map((row) => row.in)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("is one whose bytes are not what was written, whatever a reader says", async () => {
    const warehouse = await nineDays();
    const path = join(folder(), await fileOf());
    const good = await readFile(path);
    let silent = 0;
    for (let round = 0; round < 20; round++) {
      const bad = Buffer.from(good);
      const place = Math.floor((bad.length * (round + 0.5)) / 20);
      bad[place] = (bad[place] ?? 0) ^ (1 << (round % 8));
      await writeFile(path, bad);
      const late = countsRow(100 + round, at(5, round + 1), { in: 0 });
      await warehouse.store(batch(10 + round, { data: [late] }));
      const { partitions } = await warehouse.archive(RANGE.to);
      if (partitions > 0) silent += 1;
      expect(subjects(), `bit of byte ${place}`).toEqual([`archive-damaged counts/date=${DAY}/${await fileOf()}`]);
    }
    expect(silent).toBe(0);
    await writeFile(path, good);
    expect(await warehouse.archive(RANGE.to)).toEqual({ partitions: 1, rows: 20 });
    expect(subjects()).toEqual([]);
  });

  it("is found by the scrub, and found whole again, without anybody reading it", async () => {
    await (await nineDays()).close();
    await open({ scrubEveryMs: 5 });
    const name = `counts/date=${DAY}/${await fileOf()}`;
    const good = await readFile(join(dir, name));
    await writeFile(join(dir, name), Buffer.concat([good.subarray(1), Buffer.of(1)]));
    await vi.waitFor(() => expect(subjects()).toEqual([`archive-damaged ${name}`]), { timeout: 5000 });
    await writeFile(join(dir, name), good);
    await vi.waitFor(() => expect(subjects()).toEqual([]), { timeout: 5000 });
  });

  it("can be given up: its messages may then come again", async () => {
    const warehouse = await nineDays();
    const path = join(folder(), await fileOf());
    await truncate(path, 40);
    expect(await windows(warehouse)).toEqual([1, 2, 3, 4, 6, 7, 8, 9]);
    expect(subjects()).toHaveLength(1);
    await rename(path, `${path}.lost`);
    await warehouse.archive(RANGE.to);
    expect(subjects()).toEqual([]);
    const data = [countsRow(5, at(5), { in: 5 }), countsRow(6, at(6))];
    expect(await warehouse.store(batch(2, { data }))).toMatchObject({ stored: 1, duplicate: 1 });
    expect(await warehouse.archive(RANGE.to)).toEqual({ partitions: 1, rows: 1 });
    expect(await windows(warehouse)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("of an older list, without a fingerprint, is found when it is read, and its messages count once when it is back", async () => {
    await (await nineDays()).close();
    await asOlderVersion();
    const path = join(folder(), await fileOf());
    const good = await readFile(path);
    await truncate(path, good.length - 10);
    const warehouse = await open();
    expect(subjects()).toEqual([`archive-damaged counts/date=${DAY}/${await fileOf()}`]);
    const data = [countsRow(5, at(5), { in: 5 }), countsRow(6, at(6))];
    expect(await warehouse.store(batch(2, { data }))).toMatchObject({ stored: 1, duplicate: 1 });
    await writeFile(path, good);
    await warehouse.archive(RANGE.to);
    expect(subjects()).toEqual([]);
    expect(await windows(warehouse)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await warehouse.store(batch(3, { data: [countsRow(5, at(5))] }))).toMatchObject({ duplicate: 1 });
  });
});

describe("a file that is not listed", () => {
  it.each([
    { name: "empty", bytes: async () => Buffer.alloc(0) },
    { name: "text", bytes: async () => Buffer.from("not a Parquet file at all") },
    { name: "foreign", bytes: () => parquetOf("SELECT 1 AS a, DATE '2026-03-05' AS date") },
    { name: "of another date", bytes: () => readFile(join(folder("counts", "2026-03-04"), "0.parquet")) },
  ])("stops neither start nor ingest and is set aside: $name", async ({ bytes }) => {
    await (await nineDays()).close();
    await cp(
      join(folder("counts", "2026-03-04"), await fileOf("counts", "2026-03-04")),
      join(folder("counts", "2026-03-04"), "0.parquet"),
    );
    const stray = `counts/date=${DAY}/stray.parquet`;
    await writeFile(join(dir, stray), await bytes());
    await rm(join(folder("counts", "2026-03-04"), "0.parquet"));
    const warehouse = await open();
    expect(subjects()).toEqual([`archive-damaged ${stray}.damaged`]);
    expect(await windows(warehouse)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await rm(join(dir, `${stray}.damaged`));
    await warehouse.archive(RANGE.to);
    expect(subjects()).toEqual([]);
  });

  async function parquetOf(sql: string): Promise<Buffer> {
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    await connection.run(`COPY (${sql}) TO '${join(dir, "made")}' (FORMAT parquet)`);
    return readFile(join(dir, "made"));
  }
});

describe("an eventId", () => {
  it("is stored once whatever its date, its kind and its age say", async () => {
    const warehouse = await nineDays();
    const moved = countsRow(5, at(7));
    const otherKind = dataRow(healthMessage(6, at(6)));
    expect(await warehouse.store(batch(2, { data: [moved, otherKind, countsRow(20, at(3))] }))).toMatchObject({
      stored: 1,
      duplicate: 2,
    });
  });

  it("is known after the database was lost, or is older than the index", async () => {
    await (await nineDays()).close();
    await rm(join(dir, "hot.duckdb"));
    const adopted = await open();
    expect(await adopted.store(batch(2, { data: [countsRow(5, at(8))] }))).toMatchObject({ duplicate: 1 });
    await adopted.store(batch(3, { data: [countsRow(30, at(9, 5))] }));
    await adopted.close();
    await asOlderVersion();
    const older = await open();
    const data = [countsRow(5, at(8)), countsRow(30, at(8)), countsRow(31, at(8))];
    expect(await older.store(batch(4, { data }))).toMatchObject({ stored: 1, duplicate: 2 });
    await older.close();
    expect(await ranges()).toEqual(["1-9", "30-31"]);
  });

  it("takes a row of the index for a boot, however many batches it came in", async () => {
    const warehouse = await open();
    for (const seqs of [[3, 4], [9], [1, 0], [2, 2, 3], [7, 8]]) {
      const data = seqs.map((seq) => countsRow(seq, at(1, seq)));
      await warehouse.store(batch(100 + (seqs[0] ?? 0), { data }, `of ${seqs}`));
    }
    await warehouse.close();
    expect(await ranges()).toEqual(["0-4", "7-9"]);
  });
});

describe("a start", () => {
  it("looks at the list and the folder once, not at each archived date", async () => {
    const warehouse = await nineDays();
    await warehouse.close();
    const few = await statementsOfStart();
    await multiply(200);
    expect(await statementsOfStart()).toBe(few);
  });

  async function statementsOfStart(): Promise<number> {
    await (await open()).close();
    const spies = [vi.spyOn(Session.prototype, "run"), vi.spyOn(Session.prototype, "rows")];
    await (await open()).close();
    const count = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
    for (const spy of spies) spy.mockRestore();
    return count;
  }

  /** As many dates more, each with a file that is listed. */
  async function multiply(dates: number): Promise<void> {
    const file = await fileOf();
    const names = Array.from({ length: dates }, (_, day) =>
      new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10),
    );
    for (const date of names) await cp(join(folder(), file), join(folder("counts", date), file));
    await inDatabase(
      `INSERT INTO cold_file SELECT c.* REPLACE (d::DATE AS date) FROM cold_file c, unnest(['${names.join("','")}']) AS t(d)
       WHERE c.file = '${file}'`,
    );
  }
});

/** Leaves the database as the version before the index and the fingerprints did. */
async function asOlderVersion(): Promise<void> {
  const columns = ["bytes", "sha256", "checked_at", "damage", "indexed"];
  await inDatabase("DROP TABLE seq_range", ...columns.map((name) => `ALTER TABLE cold_file DROP COLUMN ${name}`));
}

const ranges = async () =>
  (await inDatabase("SELECT first_seq || '-' || last_seq FROM seq_range ORDER BY first_seq")).map(([text]) => text);

async function inDatabase(...statements: string[]) {
  const instance = await DuckDBInstance.create(join(dir, "hot.duckdb"));
  const connection = await instance.connect();
  let rows: unknown[][] = [];
  for (const statement of statements) rows = (await connection.runAndReadAll(statement)).getRows();
  connection.closeSync();
  instance.closeSync();
  return rows;
}
