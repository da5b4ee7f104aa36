import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import type { DeviceIdentity } from "../../../firmware-config/contract/topics.ts";
import { seededRandom } from "../../../firmware-config/kit/seeded-random.ts";
import { startKazoe } from "../../support/processes.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { batch, dataRow, healthMessage } from "../warehouse/rows.ts";

const ROUNDS = Number(process.env.KAZOE_ALERT_ROUNDS ?? 2);
const SEED = Number(process.env.KAZOE_SEED ?? Math.floor(Math.random() * 1e6));
const STORES = Array.from({ length: 40 }, (_, index) => `shop-${index}`);
const DEVICES: readonly DeviceIdentity[] = STORES.flatMap((store) =>
  Array.from({ length: 5 }, (_, index) => ({ tenant: "acme", store, device: `${store}-cam-${index}` })),
);
/** From before the database is open until after all has been told. */
const LATEST_MS = 4_000;
/** Kills of one half round; the last start is left alone. */
const KILLS = 3;
/** A machine that many share may take minutes to start a process; what is lost is lost for ever. */
const TOLD_MS = 300_000;

interface Told {
  readonly device: string;
  readonly status: string;
  readonly id: string;
}

/** A receiver that outlives the processes: each answer takes some milliseconds, so that some are cut off. */
async function receiver(random: () => number) {
  const told: Told[] = [];
  const calls = { count: 0 };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      // The sender was killed in the middle of its words: nothing was taken.
      return;
    }
    const { alerts } = JSON.parse(Buffer.concat(chunks).toString());
    calls.count += 1;
    for (const { labels, status, annotations } of alerts)
      told.push({ device: labels.device, status, id: annotations.notification_id });
    await sleep(Math.floor(random() * 60));
    response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { told, calls, url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}` };
}

async function writeConfig(dir: string, url: string): Promise<void> {
  await mkdir(join(dir, "rules"), { recursive: true });
  const rule = {
    ...{ name: "disk-full", when: { any: [{ signal: "diskFreeMb", below: 500 }] }, for: 1, clear: 1 },
    // Each round is one of its own.
    flap: { times: 21, withinMin: 1 },
    ...{ title: { en: "Full", ja: "満杯" }, runbook: { en: "Empty it.", ja: "空ける" } },
    consequence: { data: "none", text: { en: "None.", ja: "なし" } },
  };
  await writeFile(join(dir, "rules", "disk-full.yaml"), JSON.stringify(rule));
  await writeFile(join(dir, "hook.secret"), "hunter2\n", { mode: 0o600 });
  const sink = { type: "webhook", name: "ops", url, secretFile: "hook.secret", allowPrivate: true, perMinute: 600 };
  const cloud = {
    ...{ stores: STORES.map((store) => ({ tenant: "acme", store, name: store, timeZone: "Asia/Tokyo" })) },
    ...{ broker: { port: 0 }, http: { port: 0 }, logLevel: "warn" },
    alerts: { rules: "rules", tickS: 5, groupWaitS: 0, groupIntervalS: 0, sinks: [sink] },
  };
  await writeFile(join(dir, "cloud.yaml"), JSON.stringify(cloud));
}

/** Every device says that its disk is full, or is not. */
async function say(dir: string, round: number, diskFreeMb: number): Promise<void> {
  const warehouse = await openDuckDbWarehouse(join(dir, "data", "warehouse"));
  const seq = 2 * round + (diskFreeMb < 500 ? 0 : 1);
  const at = new Date().toISOString();
  const data = DEVICES.map((identity) => {
    const message = { ...healthMessage(seq, at), deviceId: identity.device, diskFreeMb };
    return dataRow(message, identity);
  });
  await warehouse.store(batch(1 + seq, { data }, "elsewhere"));
  await warehouse.close();
}

test(`killed in the middle of ${DEVICES.length} incidents, ${ROUNDS} rounds: none is told twice, none is lost`, {
  timeout: 60_000 + ROUNDS * 240_000 + TOLD_MS,
}, async () => {
  const random = seededRandom(SEED);
  const dir = await tempDir();
  const { told, calls, url } = await receiver(random);
  await writeConfig(dir, url);
  let kills = 0;
  const start = () => startKazoe(["cloud", "--config", join(dir, "cloud.yaml")]);

  /** Starts and kills, and lets the last one tell what is left. */
  const untilTold = async (status: string, from: number) => {
    const isTold = () =>
      new Set(
        told
          .slice(from)
          .filter((one) => one.status === status)
          .map(({ id }) => id),
      ).size;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const run = start();
      await Promise.race([sleep(Math.floor(random() * LATEST_MS)), run.exited]);
      run.child.kill("SIGKILL");
      await run.exited;
      kills += 1;
    }
    const last = start();
    const untilMs = Date.now() + TOLD_MS;
    while (isTold() < DEVICES.length && Date.now() < untilMs) await sleep(50);
    // What would be told twice has time to be.
    await sleep(300);
    last.child.kill("SIGKILL");
    await last.exited;
    if (isTold() < DEVICES.length) console.error(last.output(), await stateOf(dir));
  };

  // The sink must have been there before what it is to hear of: one look of a fleet that is well.
  await say(dir, 0, 10_000);
  const first = start();
  await sleep(4_000);
  first.child.kill("SIGTERM");
  await first.exited;

  for (let round = 1; round <= ROUNDS; round += 1) {
    const from = told.length;
    await say(dir, round, 10);
    await untilTold("firing", from);
    await say(dir, round, 10_000);
    await untilTold("resolved", from);
    const ofRound = told.slice(from);
    for (const status of ["firing", "resolved"]) {
      const ids = new Map<string, Set<string>>();
      for (const one of ofRound.filter((each) => each.status === status))
        ids.set(one.device, (ids.get(one.device) ?? new Set()).add(one.id));
      expect(ids.size, `devices ${status} in round ${round}, seed ${SEED}`).toBe(DEVICES.length);
      const twice = [...ids].filter(([, of]) => of.size !== 1);
      expect(twice, `told under two names in round ${round}, seed ${SEED}`).toEqual([]);
    }
  }
  // What was on its way in the moment of a kill comes again, under the same name: one call for each kill at most.
  const again = told.length - new Set(told.map(({ id }) => id)).size;
  console.info(
    `seed ${SEED}: ${told.length} notifications in ${calls.count} calls, ${kills} kills, ${again} sent again with the same id`,
  );
  expect(again).toBeLessThanOrEqual(kills * 5);
});

/** What the warehouse knows, for who looks for what was lost. */
async function stateOf(dir: string): Promise<object> {
  const warehouse = await openDuckDbWarehouse(join(dir, "data", "warehouse"));
  const all = { from: "2000-01-01T00:00:00.000Z", to: "2100-01-01T00:00:00.000Z" };
  const rows = await warehouse.alerts("alert", all);
  const told = new Set((await warehouse.alerts("alert_delivery", all)).map(({ notificationId }) => notificationId));
  const last = await warehouse.lastAlerts();
  await warehouse.close();
  const states: Record<string, number> = {};
  for (const { rule, state } of last) {
    const key = `${rule || "alert"} ${state}`;
    states[key] = (states[key] ?? 0) + 1;
  }
  const waiting = rows.filter(({ notify, eventId }) => notify !== "" && !told.has(eventId ?? "")).length;
  return { now: new Date().toISOString(), waiting, states, newest: rows.at(-1) };
}
