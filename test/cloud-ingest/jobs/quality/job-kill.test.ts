import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Artefacts } from "../../../../cloud-ingest/jobs/forecast/artefacts.ts";
import type { DerivedRow } from "../../../../cloud-ingest/warehouse/derived-port.ts";
import { openDuckDbWarehouse } from "../../../../cloud-ingest/warehouse/duckdb/open.ts";
import { ALL_DATES } from "../../../../cloud-ingest/warehouse/source-rows.ts";
import { seededRandom } from "../../../../firmware-config/kit/seeded-random.ts";
import { startKazoe } from "../../../support/processes.ts";
import { NEVER } from "../../../support/quiet-jobs.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { SHIBUYA } from "../../warehouse/rows.ts";
import { BROKEN_SHOP, fillShop } from "./shop-warehouse.ts";

/** The least that a renewal tries anew: 56 dates to learn from, and 28 that it is tried on. */
const SMALL_SHOP = {
  from: "2026-06-01",
  days: 90,
  last: "2026-08-29",
  doors: BROKEN_SHOP.doors.map(({ id, people }) => ({ id, people })),
};
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

test(`kill -9 at random moments of forecast and renewal, ${ROUNDS} rounds: run again, they come to the same tables and the same model`, {
  timeout: 60_000 + ROUNDS * 90_000,
}, async () => {
  console.info(`seed ${SEED}`);
  const random = seededRandom(SEED);
  const { doors, from, days, last } = SMALL_SHOP;
  const dir = await tempDir();
  await fillShop(join(dir, "data", "warehouse"), doors, from, days);
  const registry = `tenant: ${SHIBUYA.tenant}\nstores: { ${SHIBUYA.store}: { doors: { main: { targets: [cam-main/street/main] }, side: { targets: [cam-side/street/side] } } } }\n`;
  await writeFile(join(dir, "registry.yaml"), registry);
  const jobs = { rollUp: NEVER, archive: NEVER, quality: NEVER, forecast: NEVER, today: NEVER, renewForecast: NEVER };
  await writeFile(join(dir, "cloud.yaml"), JSON.stringify({ stores: [SHIBUYA], jobs, registry: "registry.yaml" }));
  const steps = ["forecast", "renew-forecast", "forecast"];
  const dates = ["--from", last, "--to", last];
  const whole = await copyOf(dir);
  const took: number[] = [];
  for (const job of steps) {
    const startMs = performance.now();
    expect(await ended(whole, job, dates)).toBe(0);
    took.push(performance.now() - startMs);
  }
  const expected = await foretoldBy(whole);
  expect(expected.rows.length).toBeGreaterThan(3 * 90);
  expect(expected.trials).toHaveLength(3);
  for (let round = 0; round < ROUNDS; round++) {
    const cut = await copyOf(dir);
    for (const [at, job] of steps.entries()) {
      // Whatever the load: from before the database is open until after the job has ended.
      const delayMs = Math.floor(random() * 1.1 * (took[at] ?? 0));
      await killed(cut, job, delayMs, dates);
      expect(await ended(cut, job, dates), `${job} after ${delayMs} ms, round ${round}`).toBe(0);
    }
    expect(await foretoldBy(cut), `round ${round}`).toEqual(expected);
  }
});

async function copyOf(dir: string): Promise<string> {
  const copy = await tempDir();
  await cp(dir, copy, { recursive: true });
  return copy;
}

const start = (dir: string, job: string, dates: readonly string[]) =>
  startKazoe(["jobs", "run", job, "--config", join(dir, "cloud.yaml"), "--json", ...dates]);

async function ended(dir: string, job: string, dates: readonly string[] = []): Promise<number | null> {
  const run = start(dir, job, dates);
  const code = await run.exited;
  if (code !== 0) console.error(run.output());
  return code;
}

async function killed(dir: string, job: string, delayMs: number, dates: readonly string[] = []): Promise<void> {
  const run = start(dir, job, dates);
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

/** A model is named after the moment in which it was learnt. */
const timeless = (row: DerivedRow) => ({ ...row, artefact: "", madeAt: "" });

/** The table, and what is in force, without the moments. */
async function foretoldBy(dir: string) {
  const warehouse = await openDuckDbWarehouse(join(dir, "data", "warehouse"));
  const warned: string[] = [];
  const artefacts = new Artefacts(join(dir, "data", "forecast"), { warn: (...line) => void warned.push(String(line)) });
  try {
    const rows = (await warehouse.derived("forecast", SHIBUYA, ALL_DATES)).map(timeless);
    const model = await artefacts.current(`${SHIBUYA.tenant}-1`);
    return { rows, warned, champion: model?.champion, dataHash: model?.dataHash, trials: model?.trials };
  } finally {
    await warehouse.close();
  }
}
