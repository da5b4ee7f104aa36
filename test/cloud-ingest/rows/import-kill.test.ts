import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { addDays } from "../../../cloud-ingest/calendar.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import { ALL_DATES } from "../../../cloud-ingest/warehouse/source-rows.ts";
import { seededRandom } from "../../../firmware-config/kit/seeded-random.ts";
import { type KazoeProcess, startKazoe } from "../../support/processes.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { SHIBUYA } from "../warehouse/rows.ts";

const ROUNDS = Number(process.env.KAZOE_KILL_ROUNDS ?? 3);
const SEED = Number(process.env.KAZOE_SEED ?? Math.floor(Math.random() * 1e6));
const ROWS = 6_000;
/** From before the folders are open until after the import has ended. */
const LATEST_MS = 4_000;

test(`kill -9 in the middle of an import, ${ROUNDS} rounds: the same file again gives the same table, and the ledger adds up`, {
  timeout: 60_000 + ROUNDS * 60_000,
}, async () => {
  console.info(`seed ${SEED}`);
  const random = seededRandom(SEED);
  const lines = Array.from({ length: ROWS }, (_, at) => `k${at},1,${addDays("2020-01-01", at)},closed,reason ${at}`);
  // A second version of some, and a third that says otherwise of one that is there.
  const later = lines.slice(0, 500).map((line) => line.replace(",1,", ",2,"));
  const csv = ["key,version,date,what,says", ...lines, ...later, "k0,2,2020-01-01,event,other"].join("\n");
  const expected = await imported(csv);
  expect(expected.rows).toHaveLength(ROWS);
  for (let round = 0; round < ROUNDS; round++) {
    const delayMs = Math.floor(random() * LATEST_MS);
    expect(await imported(csv, delayMs), `round ${round}, killed after ${delayMs} ms`).toEqual(expected);
  }
});

/** The tables after an import, before which one was killed after so long. */
async function imported(csv: string, delayMs?: number) {
  const dir = await tempDir();
  const config = join(dir, "cloud.yaml");
  await writeFile(config, JSON.stringify({ stores: [SHIBUYA] }));
  await writeFile(join(dir, "rows.csv"), csv);
  const start = () => startKazoe(["rows", "import", join(dir, "rows.csv"), ...ARGS, "--config", config, "--json"]);
  if (delayMs !== undefined) await killed(start(), delayMs);
  const run = start();
  expect(await run.exited, run.output().slice(-2_000)).toBe(1);
  const ledger = startKazoe(["ledger", "show", "--config", config, "--json"]);
  expect(await ledger.exited).toBe(0);
  expect(JSON.parse(ledger.output())).toMatchObject({ difference: 0, waiting: 0 });
  return tablesOf(dir);
}

const ARGS = ["--table", "calendar", "--tenant", SHIBUYA.tenant, "--store", SHIBUYA.store, "--by", "aya"];

async function killed(run: KazoeProcess, delayMs: number): Promise<void> {
  await Promise.race([sleep(delayMs), run.exited]);
  run.child.kill("SIGKILL");
  await run.exited;
}

async function tablesOf(dir: string) {
  const warehouse = await openDuckDbWarehouse(join(dir, "data", "warehouse"));
  try {
    const rows = await warehouse.sourceRows("calendar", ALL_DATES);
    const { work } = await warehouse.changedDates("quality", [SHIBUYA]);
    const [group] = await warehouse.quarantineGroups({}, 10);
    return {
      rows: rows.map(({ receipt: _, receivedAt: __, ...row }) => row).sort((a, b) => (a.key < b.key ? -1 : 1)),
      reopened: work,
      refused: group?.reason,
    };
  } finally {
    await warehouse.close();
  }
}
