import { randomBytes } from "node:crypto";
import { cp, open, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { openDuckDbWarehouse } from "../../../../cloud-ingest/warehouse/duckdb/open.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { batch, countsRow, quarantineRow, SHIBUYA } from "../rows.ts";

const NOON = "2026-03-02T03:00:00Z";
const HEAD = 12_288;
const BLOCK = 262_144;

let base: string;
let dir: string;

/** Two megabytes of rows in the database file. */
beforeAll(async () => {
  base = join(tmpdir(), `kazoe-open-${process.pid}`);
  const warehouse = await openDuckDbWarehouse(base);
  const quarantine = Array.from({ length: 64 }, (_, number) => ({
    ...{ ...quarantineRow(number, NOON), payload: randomBytes(16_384).toString("hex") },
  }));
  await warehouse.store(batch(1, { data: [countsRow(1, NOON)], quarantine }));
  await warehouse.close();
});

afterAll(() => rm(base, { recursive: true, force: true }));

beforeEach(async () => {
  dir = join(await tempDir(), "warehouse");
  await cp(base, dir, { recursive: true });
});

/** Damages every block from that one on. */
async function damageFrom(first: number): Promise<void> {
  const handle = await open(join(dir, "hot.duckdb"), "r+");
  const { size } = await handle.stat();
  for (let at = HEAD + first * BLOCK; at < size; at += BLOCK) await handle.write("bad bytes", at + 1000);
  await handle.close();
}

it("notes damage that a reader finds, asks to be opened again, and is rescued then", async () => {
  const lost: string[] = [];
  const warehouse = await openDuckDbWarehouse(dir, {
    onLost: () => {
      lost.push("lost");
    },
  });
  await damageFrom(1);
  await expect(warehouse.pendingMessages({}, "", 100)).rejects.toMatchObject({
    code: "STORE_CORRUPT",
    retryable: true,
  });
  expect([lost.length > 0, (await readdir(dir)).includes("rescue-wanted")]).toEqual([true, true]);
  await warehouse.close();
  const said: unknown[] = [];
  const raise = (code: string) => void said.push(code);
  const again = await openDuckDbWarehouse(dir, { troubles: { raise, clear: () => {} } });
  expect(said).toEqual(["warehouse-damaged"]);
  expect(await again.store(batch(1, { data: [countsRow(1, NOON), countsRow(2, NOON)] }))).toBeDefined();
  expect(await again.traffic(SHIBUYA, { from: "2026-03-02", to: "2026-03-02" }, "window")).toHaveLength(2);
  await again.close();
});

it("is rescued at once when the damage shows while it is opened", async () => {
  await damageFrom(0);
  const said: unknown[] = [];
  const raise = (code: string) => void said.push(code);
  const warehouse = await openDuckDbWarehouse(dir, { troubles: { raise, clear: () => {} } });
  expect([said, await warehouse.lastStored("inbox")]).toEqual([["warehouse-damaged"], 0]);
  await warehouse.close();
});

it("answers nothing once it is closed", async () => {
  const warehouse = await openDuckDbWarehouse(dir);
  await warehouse.close();
  await expect(warehouse.ledger()).rejects.toThrow("The warehouse is closed");
});
