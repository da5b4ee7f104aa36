import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { openDuckDbWarehouse } from "../../../../cloud-ingest/warehouse/duckdb/open.ts";
import { seededRandom } from "../../../../firmware-config/kit/seeded-random.ts";
import { startKazoe } from "../../../support/processes.ts";
import { NEVER } from "../../../support/quiet-jobs.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { SHIBUYA } from "../../warehouse/rows.ts";
import { BROKEN_SHOP, fillShop } from "./shop-warehouse.ts";

const ROUNDS = Number(process.env.KAZOE_KILL_ROUNDS ?? 3);
const SEED = Number(process.env.KAZOE_SEED ?? Math.floor(Math.random() * 1e6));
const JOBS = ["roll-up", "quality", "archive"];
/** From before the database is open until after a job has ended. */
const LATEST_MS = 3_000;

test(`kill -9 at random moments of every job, ${ROUNDS} rounds: run again, it comes to the same tables`, {
  timeout: 60_000 + ROUNDS * 90_000,
}, async () => {
  console.info(`seed ${SEED}`);
  const random = seededRandom(SEED);
  const { doors, from, days } = BROKEN_SHOP;
  const dir = await tempDir();
  await fillShop(join(dir, "data", "warehouse"), doors, from, days);
  const jobs = { rollUp: NEVER, archive: NEVER, quality: NEVER };
  await writeFile(join(dir, "cloud.yaml"), JSON.stringify({ stores: [SHIBUYA], jobs }));
  const whole = await copyOf(dir);
  for (const job of JOBS) expect(await ended(whole, job)).toBe(0);
  const expected = await tablesOf(whole);
  expect(expected.hours.length).toBeGreaterThan(100);
  for (let round = 0; round < ROUNDS; round++) {
    const cut = await copyOf(dir);
    for (const job of JOBS) {
      const delayMs = Math.floor(random() * LATEST_MS);
      await killed(cut, job, delayMs);
      expect(await ended(cut, job), `${job} after ${delayMs} ms, round ${round}`).toBe(0);
    }
    expect(await tablesOf(cut), `round ${round}`).toEqual(expected);
  }
});

async function copyOf(dir: string): Promise<string> {
  const copy = await tempDir();
  await cp(dir, copy, { recursive: true });
  return copy;
}

const start = (dir: string, job: string) =>
  startKazoe(["jobs", "run", job, "--config", join(dir, "cloud.yaml"), "--json"]);

async function ended(dir: string, job: string): Promise<number | null> {
  const run = start(dir, job);
  const code = await run.exited;
  if (code !== 0) console.error(run.output());
  return code;
}

async function killed(dir: string, job: string, delayMs: number): Promise<void> {
  const run = start(dir, job);
  await Promise.race([sleep(delayMs), run.exited]);
  run.child.kill("SIGKILL");
  await run.exited;
}

async function tablesOf(dir: string) {
  const warehouse = await openDuckDbWarehouse(join(dir, "data", "warehouse"));
  const range = { from: BROKEN_SHOP.from, to: BROKEN_SHOP.last };
  try {
    return {
      hourly: await warehouse.traffic(SHIBUYA, range, "hour"),
      daily: await warehouse.traffic(SHIBUYA, range, "day"),
      hours: await warehouse.derived("quality_hour", SHIBUYA, range),
      flags: await warehouse.derived("quality_flag", SHIBUYA, range),
      scores: await warehouse.derived("quality_score", SHIBUYA, range),
      changed: await warehouse.changedDates("quality", [SHIBUYA]),
    };
  } finally {
    await warehouse.close();
  }
}
