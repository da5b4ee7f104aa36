import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectAsync } from "mqtt";
import { expect, it, vi } from "vitest";
import { Inbox } from "../../../cloud-ingest/inbox/inbox.ts";
import { Ingest } from "../../../cloud-ingest/ingest/ingest.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import { silentTroubles } from "../../support/troubles.ts";
import { CONFIG, DEVICES, NAME, PREFIX, TOKEN } from "../broker/broker-rig.ts";
import { countsMessage, SHIBUYA } from "../warehouse/rows.ts";

const DIST = new URL("../../../dist/", import.meta.url);
const KILLS = 4;

/** Broker, inbox, ingest and DuckDB in a process of their own; it archives without pause to be killed there too. */
const SCRIPT = `
  const [dir, settings] = process.argv.slice(1);
  const load = (path) => import(new URL(path, ${JSON.stringify(DIST.href)}));
  const { Broker } = await load("cloud-ingest/broker/broker.js");
  const { Inbox } = await load("cloud-ingest/inbox/inbox.js");
  const { Ingest } = await load("cloud-ingest/ingest/ingest.js");
  const { openDuckDbWarehouse } = await load("cloud-ingest/warehouse/duckdb/open.js");
  const { systemClock: clock } = await load("firmware-config/kit/clock.js");
  const { silentLog: log } = await load("firmware-config/kit/log.js");
  const { Troubles } = await load("cloud-ingest/troubles.js");
  const troubles = new Troubles({ log, clock });
  const warehouse = await openDuckDbWarehouse(dir + "/warehouse");
  const inbox = await Inbox.open(dir + "/inbox", { maxBytes: 1e9, troubles });
  new Ingest({ bus: inbox, store: warehouse, troubles, limit: { maxMessages: 50, maxBytes: 1e9 } }).run(new AbortController().signal);
  const { port } = await new Broker({ ...JSON.parse(settings), bus: inbox, clock, log, troubles }).start();
  console.log(port);
  for (;;) await warehouse.archive("2100-01-01");
`;

async function startCloud(dir: string): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const settings = JSON.stringify({ config: CONFIG, devices: DEVICES });
  const child = spawn(process.execPath, ["--input-type=module", "-e", SCRIPT, dir, settings], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(child.stdout, "data");
  return { child, port: Number(line) };
}

/** Publishes until the connection breaks; adds to `acked` what was acknowledged. */
async function publishUntilBroken(port: number, next: () => number, acked: Set<number>): Promise<void> {
  const identity = { clientId: NAME, username: NAME, password: TOKEN };
  const url = `mqtt://127.0.0.1:${port}`;
  // Without retries it also rejects when the broker dies before it answers; else it would wait for ever.
  const client = await connectAsync(url, { ...identity, reconnectPeriod: 0 }, false).catch(() => undefined);
  if (!client) return;
  client.on("error", () => {});
  const broken = new Promise<void>((resolve) => client.once("close", () => resolve()));
  const lane = async () => {
    while (client.connected) {
      const seq = next();
      const payload = JSON.stringify(countsMessage(seq, new Date().toISOString(), { in: seq }));
      const published = client.publishAsync(`${PREFIX}counts`, payload, { qos: 1 }).then(
        () => acked.add(seq),
        () => undefined,
      );
      await Promise.race([published, broken]);
    }
  };
  await Promise.all(Array.from({ length: 20 }, lane));
  client.end(true);
}

it("has stored once, after kill -9 again and again, everything that was acknowledged", async () => {
  const dir = await mkdtemp(join(tmpdir(), "kazoe-kill-"));
  const acked = new Set<number>();
  let seq = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const { child, port } = await startCloud(dir);
    const publishing = publishUntilBroken(port, () => ++seq, acked);
    const before = acked.size;
    await vi.waitFor(() => expect(acked.size).toBeGreaterThan(before + 20), { timeout: 60_000, interval: 5 });
    await sleep(211 * kill);
    child.kill("SIGKILL");
    await Promise.all([publishing, once(child, "exit")]);
  }

  const warehouse = await openDuckDbWarehouse(join(dir, "warehouse"));
  const inbox = await Inbox.open(join(dir, "inbox"), { maxBytes: 1e9, troubles: silentTroubles });
  const stop = new AbortController();
  const ingesting = new Ingest({ bus: inbox, store: warehouse, troubles: silentTroubles }).run(stop.signal);
  await vi.waitFor(() => expect(inbox.stats().depth).toBe(0), { timeout: 60_000 });
  stop.abort();
  await ingesting;
  const taken = inbox.stats().acked;
  const today = new Date();
  const range = { from: dayOf(today.getTime() - 86_400_000), to: dayOf(today.getTime() + 86_400_000) };
  const stored = (await warehouse.traffic(SHIBUYA, range, "window")).map((row) => row.in);
  const ledger = await warehouse.ledger();
  await Promise.all([warehouse.close(), inbox.close()]);
  await rm(dir, { recursive: true, force: true });

  expect(acked.size).toBeGreaterThan(200);
  expect(new Set(stored).size).toBe(stored.length);
  expect([...acked].filter((one) => !stored.includes(one))).toEqual([]);
  expect(ledger).toEqual({ stored: taken, duplicate: 0, quarantined: 0 });
}, 120_000);

const dayOf = (timeMs: number) => new Date(timeMs).toISOString().slice(0, 10);
