import { connectAsync } from "mqtt";
import { expect, it, onTestFinished, vi } from "vitest";
import { Cloud, type CloudReady } from "../../../cloud-ingest/cloud.ts";
import type { CloudConfig } from "../../../cloud-ingest/config.ts";
import type { Role } from "../../../cloud-ingest/roles.ts";
import { brokerOf } from "../../../deploy/cli/with-cloud.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { QUIET_ALERTS } from "../../support/alerts-config.ts";
import { QUIET_JOBS } from "../../support/quiet-jobs.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { CONFIG, DEVICES, NAME, PREFIX, TOKEN } from "../broker/broker-rig.ts";
import { countsMessage, SHIBUYA } from "../warehouse/rows.ts";
import type { PubSubPlace } from "./pubsub-place.ts";
import { fakePlace } from "./pubsub-rig.ts";

const WAIT = { timeout: 60_000, interval: 50 };
const STORING: readonly Role[] = ["ingest", "jobs", "server"];

/** A cloud half of some roles, in a folder of its own, until the test ends or it is stopped. */
async function running(place: PubSubPlace, roles: readonly Role[], dataDir?: string) {
  const config: CloudConfig = {
    dataDir: dataDir ?? (await tempDir()),
    bus: place.options({ through: "inbox" }),
    warehouse: { type: "duckdb", memoryMb: 256 },
    logLevel: "error",
    ...{ stores: [SHIBUYA], devices: [...DEVICES], broker: CONFIG },
    http: { host: "127.0.0.1", port: 0, readers: [], trustProxy: [] },
    alerts: QUIET_ALERTS,
    jobs: { ...QUIET_JOBS, rollUp: "* * * * *" },
  };
  const stop = new AbortController();
  const cloud = new Cloud({ config, clock: systemClock, log: silentLog, roles: new Set(roles) });
  let ended: Promise<void> = Promise.resolve();
  const ready = await new Promise<CloudReady>((resolve, reject) => {
    ended = cloud.run(stop.signal, resolve);
    ended.catch(reject);
  });
  const end = async () => {
    stop.abort();
    await ended;
  };
  onTestFinished(end);
  return { ready, end, dataDir: config.dataDir };
}

/** Publishes these numbers over MQTT and returns when each has its PUBACK. */
async function publish(ready: CloudReady, from: number, to: number): Promise<void> {
  const identity = { clientId: NAME, username: NAME, password: TOKEN };
  const client = await connectAsync(`mqtt://127.0.0.1:${brokerOf(ready).port}`, { ...identity, reconnectPeriod: 0 });
  const at = new Date().toISOString();
  const all = Array.from({ length: to - from + 1 }, (_, i) => JSON.stringify(countsMessage(from + i, at)));
  await Promise.all(all.map((payload) => client.publishAsync(`${PREFIX}counts`, payload, { qos: 1 })));
  await client.endAsync();
}

const counted = async ({ warehouse }: CloudReady) => {
  const range = { from: "2000-01-01", to: "2100-01-01" };
  const windows = await warehouse.traffic(SHIBUYA, range, "window");
  return windows.reduce((sum, one) => sum + one.in, 0);
};

it("counts each message once, with broker and ingest apart, though Pub/Sub fails, loses answers and delivers twice", async () => {
  const { fake, place } = await fakePlace();
  const { faults } = fake;
  const broker = await running(place, ["broker"]);
  const store = await running(place, STORING);
  faults.add("Publish", { kind: "fail", code: 8 });
  faults.add("Publish", { kind: "lose", code: 14 }, { after: 1 });
  faults.add("Publish", { kind: "twice" }, { after: 2 });
  faults.add("Acknowledge", { kind: "lose", code: 14 });
  await publish(broker.ready, 1, 150);
  fake.expireLeases(place.subscription);
  await publish(broker.ready, 151, 300);
  fake.closeStreams(place.subscription);
  await publish(broker.ready, 301, 400);
  await vi.waitFor(async () => expect(await counted(store.ready)).toBe(400), WAIT);
  await vi.waitFor(() => expect(fake.unacked(place.subscription)).toEqual([]), WAIT);
  expect(await counted(store.ready)).toBe(400);
  const { stored, quarantined } = await store.ready.warehouse.ledger();
  expect([stored, quarantined]).toEqual([400, 0]);
});

it("stores after a restart what came while no ingest ran, and the broker's process tells nothing of ingest", async () => {
  const { place } = await fakePlace();
  const broker = await running(place, ["broker"]);
  const before = await running(place, STORING);
  await publish(broker.ready, 1, 20);
  await vi.waitFor(async () => expect(await counted(before.ready)).toBe(20), WAIT);
  await before.end();
  await publish(broker.ready, 21, 50);
  const health = await fetch(`http://127.0.0.1:${broker.ready.http.port}/healthz`);
  expect(health.status).toBe(200);
  expect(await health.json()).not.toHaveProperty("vitals.stored");
  expect((await fetch(`http://127.0.0.1:${broker.ready.http.port}/`)).status).toBe(404);
  const after = await running(place, STORING, before.dataDir);
  await vi.waitFor(async () => expect(await counted(after.ready)).toBe(50), WAIT);
});

it("quarantines what a stranger published, once, though it is delivered again and again", async () => {
  const { fake, place } = await fakePlace();
  await place.publish("not from a broker of ours");
  fake.faults.add("Acknowledge", { kind: "fail", code: 14 }, { times: 3 });
  const store = await running(place, STORING);
  const groups = () => store.ready.warehouse.quarantineGroups({}, 10);
  await vi.waitFor(async () => expect(await groups()).toMatchObject([{ messages: 1 }]), WAIT);
  fake.expireLeases(place.subscription);
  await vi.waitFor(() => expect(fake.unacked(place.subscription)).toEqual([]), WAIT);
  expect(await groups()).toMatchObject([{ messages: 1 }]);
});
