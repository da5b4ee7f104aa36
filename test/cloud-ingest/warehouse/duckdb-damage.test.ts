import { cp, mkdir, open, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import { wantRescue } from "../../../cloud-ingest/warehouse/duckdb/rescue.ts";
import type { Warehouse } from "../../../cloud-ingest/warehouse/port.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { batch, countsRow, rollUp, SHIBUYA, staleDates } from "./rows.ts";

/** Batches in the database file; the ones after them are in its log alone. */
const FILED = 6;
const ALL = 10;
const ROWS = 60;
const RANGE = { from: "2026-03-01", to: "2026-03-31" };
const STARTED_MS = Date.UTC(2026, 2, 2);
const ROUNDS = Number(process.env.KAZOE_DAMAGE_ROUNDS ?? 4);
const SEED = Number(process.env.KAZOE_SEED ?? 20_261_126);

/** DuckDB's block, behind three headers of 4,096 bytes. */
const BLOCK = 262_144;
const HEAD = 12_288;

let base: string;
let dir: string;

const batchOf = (number: number) =>
  batch(number, {
    data: Array.from({ length: ROWS }, (_, i) => {
      const seq = number * ROWS + i;
      return countsRow(seq, new Date(STARTED_MS + seq * 60_000).toISOString(), { in: seq });
    }),
  });

async function storeFrom(warehouse: Warehouse, first: number, last: number): Promise<void> {
  for (let number = first; number <= last; number += 1) await warehouse.store(batchOf(number));
}

beforeAll(async () => {
  base = join(tmpdir(), `kazoe-damage-${process.pid}`);
  const source = join(base, "source");
  const first = await openDuckDbWarehouse(source);
  await storeFrom(first, 1, 3);
  await first.archive("2026-03-02");
  await rollUp(first, SHIBUYA, ["2026-03-02", "2026-03-03"]);
  await storeFrom(first, 4, FILED);
  await first.close();
  const second = await openDuckDbWarehouse(source);
  await storeFrom(second, FILED + 1, ALL);
  await cp(source, join(base, "copy"), { recursive: true });
  await second.close();
});

afterAll(() => rm(base, { recursive: true, force: true }));

beforeEach(async () => {
  dir = join(await tempDir(), "warehouse");
  await cp(join(base, "copy"), dir, { recursive: true });
});

const log = () => join(dir, "hot.duckdb.wal");
const database = () => join(dir, "hot.duckdb");

async function change(file: string, edit: (bytes: Buffer) => Buffer | undefined): Promise<void> {
  const bytes = await readFile(file);
  await writeFile(file, edit(bytes) ?? bytes);
}

const append = (file: string, bytes: Buffer) => change(file, (old) => Buffer.concat([old, bytes]));
const flip = (file: string, at: (size: number) => number) =>
  change(file, (bytes) => {
    const index = at(bytes.length);
    bytes[index] = (bytes[index] ?? 0) ^ 4;
    return undefined;
  });

interface Said {
  readonly code: string;
  readonly text: string;
}

/** Opens it, serves again what comes after the position that it has, as the inbox does, and says what was there before. */
async function start(): Promise<{ last: number; before: number; said: Said[] }> {
  const said: Said[] = [];
  const raise = (code: string, why: unknown) => void said.push({ code, text: String(why) });
  const found = await untilSound(raise, serveAgain);
  const again = await openDuckDbWarehouse(dir);
  expect((await again.traffic(SHIBUYA, RANGE, "window")).length).toBe(ALL * ROWS);
  await again.close();
  return { ...found, said };
}

/** Damage may be found by a look at the rows only: then it is closed and opened again, as the cloud half does. */
async function untilSound<T>(
  raise: (code: string, why: unknown) => void,
  work: (warehouse: Warehouse) => Promise<T>,
): Promise<T> {
  for (;;) {
    let isLost = false;
    const onLost = () => {
      isLost = true;
    };
    const warehouse = await openDuckDbWarehouse(dir, { troubles: { raise, clear: () => {} }, onLost });
    isLost = false;
    try {
      return await work(warehouse);
    } catch (error) {
      if (!isLost) throw error;
      expect(error).toMatchObject({ code: "STORE_CORRUPT", fault: "environment", retryable: true });
    } finally {
      await warehouse.close();
    }
  }
}

async function serveAgain(warehouse: Warehouse) {
  const last = await warehouse.lastStored("inbox");
  const before = (await warehouse.traffic(SHIBUYA, RANGE, "window")).length;
  const { stored } = await warehouse.ledger();
  if (last > 0) expect([last, before, stored]).toEqual([last, last * ROWS, last * ROWS]);
  await storeFrom(warehouse, last + 1, ALL);
  const seqs = (await warehouse.traffic(SHIBUYA, RANGE, "window")).map((row) => row.in);
  expect([seqs.length, new Set(seqs).size]).toEqual([ALL * ROWS, ALL * ROWS]);
  const sums = await warehouse.ledger();
  expect(sums.stored + sums.duplicate).toBe(ALL * ROWS);
  return { last, before };
}

const kept = () => readdir(join(dir, "damaged")).catch(() => []);

describe("a damaged log", () => {
  it("is taken whole when it is whole", async () => {
    expect(await start()).toEqual({ last: ALL, before: ALL * ROWS, said: [] });
    expect(await kept()).toEqual([]);
  });

  it.each([
    ...[1, 8, 16, 200, 4096].map((count) => ({
      name: `${count} zero bytes behind it`,
      damage: () => append(log(), Buffer.alloc(count)),
    })),
    { name: "garbage behind it", damage: () => append(log(), Buffer.from("garbage ".repeat(20))) },
    { name: "half an entry behind it", damage: async () => append(log(), (await readFile(log())).subarray(8, 900)) },
  ])("keeps every row with $name", async ({ damage }) => {
    await damage();
    const { last, said } = await start();
    expect(last).toBe(ALL);
    expect(said).toEqual([{ code: "warehouse-log-cut", text: expect.stringContaining("damaged/hot.duckdb.wal.1") }]);
    expect(await kept()).toEqual(["hot.duckdb.wal.1"]);
  });

  it.each([
    { name: "cut in half", damage: async () => truncate(log(), (await stat(log())).size >> 1), least: FILED + 1 },
    { name: "zero in its second half", damage: () => change(log(), (b) => b.fill(0, b.length >> 1)), least: FILED + 1 },
    { name: "flipped in the middle", damage: () => flip(log(), (size) => size >> 1), least: FILED + 1 },
    { name: "flipped in an entry's size", damage: () => flip(log(), () => 14), least: FILED },
    { name: "flipped in the first entry", damage: () => flip(log(), () => 40), least: FILED },
    { name: "zero all over", damage: () => change(log(), (b) => b.fill(0)), least: FILED },
    { name: "garbage all over", damage: () => change(log(), (b) => b.fill("garbage!")), least: FILED },
    { name: "cut in its header", damage: () => truncate(log(), 5), least: FILED },
  ])("keeps its good front part when $name", async ({ damage, least }) => {
    await damage();
    const { last, said } = await start();
    expect(last).toBeGreaterThanOrEqual(least);
    expect(last).toBeLessThan(ALL);
    expect(said.map(({ code }) => code)).toEqual(["warehouse-log-cut"]);
    expect(await kept()).toEqual(["hot.duckdb.wal.1"]);
  });

  it.each([2, 5])("is taken whole when its header alone is flipped, at byte %i", async (at) => {
    await flip(log(), () => at);
    expect(await start()).toMatchObject({ last: ALL, said: [{ code: "warehouse-log-cut" }] });
  });

  it.each([
    { name: "missing", damage: () => rm(log()) },
    { name: "empty", damage: () => truncate(log(), 0) },
  ])("goes back to the database file when $name: the position tells the inbox", async ({ damage }) => {
    await damage();
    expect((await start()).last).toBe(FILED);
  });

  it("is not applied to another database", async () => {
    await rm(database());
    const { last, said } = await start();
    expect(last).toBe(0);
    expect(said.map(({ code }) => code)).toEqual(["warehouse-log-cut"]);
  });

  it("is kept a few times only", async () => {
    for (let round = 0; round < 5; round += 1) {
      await writeFile(log(), `garbage ${round} `.repeat(9));
      await (await openDuckDbWarehouse(dir)).close();
    }
    expect(await kept()).toEqual(["hot.duckdb.wal.3", "hot.duckdb.wal.4", "hot.duckdb.wal.5"]);
  });
});

describe("a damaged database", () => {
  it.each([
    { name: "text", damage: () => writeFile(database(), "not a database".repeat(1000)) },
    { name: "empty", damage: () => truncate(database(), 0) },
    { name: "cut in its headers", damage: () => truncate(database(), 8192) },
    { name: "cut in half", damage: async () => truncate(database(), (await stat(database())).size >> 1) },
    { name: "zero in its second half", damage: () => change(database(), (b) => b.fill(0, b.length >> 1)) },
    { name: "overwritten in every block", damage: () => overwrite(database()) },
    { name: "a folder", damage: () => rm(database()).then(() => mkdir(database())) },
    { name: "without both its headers", damage: () => change(database(), (b) => b.fill(0, 4096, HEAD)) },
  ])("is set aside when $name, and every row is there in the end", async ({ damage }) => {
    await damage();
    const { said } = await start();
    expect(said.at(-1)).toEqual({
      code: "warehouse-damaged",
      text: expect.stringContaining("warehouse/damaged/hot.duckdb.1"),
    });
    expect(await kept()).toContain("hot.duckdb.1");
  });

  it.each([
    { name: "the main header", at: 100, last: [ALL] },
    { name: "the first header", at: 4096 + 20, last: [0, FILED, ALL] },
    { name: "the second header", at: 8192 + 20, last: [0, FILED, ALL] },
  ])("is read by its other headers when $name is flipped", async ({ at, last }) => {
    await flip(database(), () => at);
    const found = await start();
    expect(last).toContain(found.last);
    expect(found.said.at(-1)).toMatchObject({ code: "warehouse-damaged" });
  });

  it("keeps the rows around a flipped bit in any block", async () => {
    const { size } = await stat(database());
    for (let at = HEAD; at < size; at += BLOCK) {
      await rm(dir, { recursive: true });
      await cp(join(base, "copy"), dir, { recursive: true });
      await flip(database(), () => at + 1000);
      await start();
    }
  }, 120_000);

  it("keeps the rows around a damaged block of a large table, and forgets the position", async () => {
    await (await openDuckDbWarehouse(dir)).close();
    const { rows, block } = await withDuckDb(enlarge);
    await flip(database(), () => HEAD + block * BLOCK + 5000);
    await wantRescue(dir);
    const said: string[] = [];
    const raise = (code: string, why: unknown) => void said.push(`${code}: ${why}`);
    const warehouse = await openDuckDbWarehouse(dir, { troubles: { raise, clear: () => {} } });
    expect(await warehouse.lastStored("inbox")).toBe(0);
    expect((await warehouse.traffic(SHIBUYA, RANGE, "day")).length).toBe(1);
    await warehouse.close();
    const kept = await withDuckDb((connection) => countOf(connection, "SELECT count(*) FROM counts"));
    expect(kept).toBeGreaterThan(rows / 2);
    expect(kept).toBeLessThan(rows);
    const text = `of the database were lost: counts (${rows - kept} rows lost, ${kept} kept)`;
    expect(said).toEqual([expect.stringContaining(text)]);
  }, 120_000);

  it("says at each start that the damaged file is there, until it is removed", async () => {
    await truncate(database(), 0);
    const codes = async () => {
      const said: string[] = [];
      const raise = (code: string) => void said.push(code);
      await (await openDuckDbWarehouse(dir, { troubles: { raise, clear: () => {} } })).close();
      return said;
    };
    expect(await codes()).toContain("warehouse-damaged");
    expect(await codes()).toEqual(["warehouse-damaged"]);
    await rm(join(dir, "damaged"), { recursive: true });
    expect(await codes()).toEqual([]);
  });

  it("computes hours and days of archived dates anew", async () => {
    await truncate(database(), 0);
    const warehouse = await openDuckDbWarehouse(dir);
    const stale = await staleDates(warehouse, SHIBUYA);
    expect(stale).toContain("2026-03-02");
    await rollUp(warehouse, SHIBUYA, stale);
    expect((await warehouse.traffic(SHIBUYA, RANGE, "hour")).length).toBeGreaterThan(0);
    await warehouse.close();
  });

  it.each([
    { where: "in its front part", share: 0.25 },
    { where: "in the middle", share: 0.5 },
    { where: "at its end", share: 0.9 },
  ])("is rescued beside an archived date that is damaged $where", async ({ share }) => {
    const [name = ""] = (await readdir(dir, { recursive: true })).filter((one) => one.endsWith(".parquet"));
    const file = join(dir, name);
    const bytes = await readFile(file);
    await writeFile(file, bytes.fill(0, Math.floor(bytes.length * share), Math.ceil(bytes.length * (share + 0.1))));
    await truncate(database(), 0);
    const warehouse = await openDuckDbWarehouse(dir);
    expect(await warehouse.lastStored("inbox")).toBe(0);
    await warehouse.close();
  });

  it("goes on after a crash between setting aside and putting in place", async () => {
    await truncate(database(), 0);
    await (await openDuckDbWarehouse(dir)).close();
    await cp(database(), join(dir, "rescued.duckdb"));
    await rm(database());
    await start();
    expect(await readdir(dir)).not.toContain("rescued.duckdb");
  });

  it("is found by a reader while it runs, and rescued when it is closed and opened again", async () => {
    await (await openDuckDbWarehouse(dir)).close();
    const lost: string[] = [];
    const warehouse = await openDuckDbWarehouse(dir, { onLost: () => void lost.push("lost") });
    const handle = await open(database(), "r+");
    const { size } = await handle.stat();
    // All but the first block, which holds the catalog that is in memory already.
    for (let at = HEAD + BLOCK; at < size; at += BLOCK) await handle.write("bad bytes", at + 1000);
    await handle.close();
    await expect(warehouse.traffic(SHIBUYA, RANGE, "window")).rejects.toMatchObject({ code: "STORE_CORRUPT" });
    expect(lost).toEqual(["lost"]);
    await warehouse.close();
    const { said } = await start();
    expect(said).toEqual([{ code: "warehouse-damaged", text: expect.stringContaining("hot.duckdb.1") }]);
  });
});

describe("random damage", () => {
  it(`of ${ROUNDS} kinds, seed ${SEED}, loses nothing that the inbox serves again`, async () => {
    const random = randomOf(SEED);
    let good = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      await rm(dir, { recursive: true });
      await cp(join(base, "copy"), dir, { recursive: true });
      const file = random() < 0.5 ? log() : database();
      const how = await damageAtRandom(file, random);
      await start().catch((error) => {
        throw new Error(`round ${round}: ${how} of ${file}`, { cause: error });
      });
      good += 1;
    }
    process.stdout.write(`random damage of the warehouse's files: ${good} of ${ROUNDS}, seed ${SEED}\n`);
  }, 600_000);
});

async function damageAtRandom(file: string, random: () => number): Promise<string> {
  const { size } = await stat(file);
  const at = Math.floor(random() * size);
  const kind = Math.floor(random() * 4);
  if (kind === 0) await truncate(file, at);
  if (kind === 1)
    await change(file, (bytes) => bytes.fill(0, at, Math.min(bytes.length, at + Math.floor(random() * 8192))));
  if (kind === 2) await flip(file, () => at);
  if (kind === 3) await append(file, Buffer.alloc(Math.floor(random() * 8192), random() < 0.5 ? 0 : "x"));
  return `${["cut", "zeros", "flip", "tail"][kind]} at ${at}`;
}

async function withDuckDb<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(database());
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function countOf(connection: DuckDBConnection, sql: string): Promise<number> {
  const [[value] = []] = (await connection.runAndReadAll(sql)).getRows();
  return Number(value);
}

/** Gives `counts` several groups of rows, and names a block that holds values of one of them alone. */
async function enlarge(connection: DuckDBConnection) {
  await connection.run(
    "INSERT INTO counts SELECT counts.* REPLACE (event_id || '-' || copy AS event_id) FROM counts, range(450) AS copies(copy)",
  );
  await connection.run("CHECKPOINT");
  const block = await countOf(
    connection,
    `SELECT block_id FROM pragma_storage_info('counts')
     WHERE column_name = 'event_id' AND segment_type = 'VARCHAR' AND row_group_id = 1 LIMIT 1`,
  );
  return { rows: await countOf(connection, "SELECT count(*) FROM counts"), block };
}

async function overwrite(file: string): Promise<void> {
  await change(file, (bytes) => {
    for (let at = HEAD; at < bytes.length; at += 4096) bytes.fill(0x55, at, at + 512);
    return undefined;
  });
}

/** Numerical Recipes' linear congruential generator: the same rounds for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
