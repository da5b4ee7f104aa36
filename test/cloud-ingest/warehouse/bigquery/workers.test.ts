import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { PubSub } from "@google-cloud/pubsub";
import { expect, it, onTestFinished, vi } from "vitest";
import { Ingest } from "../../../../cloud-ingest/ingest/ingest.ts";
import { TopicWriter } from "../../../../cloud-ingest/pubsub/topic-writer.ts";
import { seededRandom } from "../../../../firmware-config/kit/seeded-random.ts";
import type { Fault } from "../../../support/google/faults.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { silentTroubles } from "../../../support/troubles.ts";
import { fakePlace } from "../../pubsub/pubsub-rig.ts";
import { countsMessage } from "../rows.ts";
import { expectOnce, faultRig, gate } from "./fault-rig.ts";

const DIST = new URL("../../../../dist/", import.meta.url);
const WAIT = { timeout: 120_000, interval: 50 };
const TIMEOUT_MS = 240_000;
const LIMIT = { maxMessages: 20, maxBytes: 1e6 };
/** Rounds of what is drawn: `KAZOE_FAULT_ROUNDS=50`; `KAZOE_SEED` repeats a run. */
const ROUNDS = Number(process.env.KAZOE_FAULT_ROUNDS ?? 2);
const SEED = Number(process.env.KAZOE_SEED ?? Date.now() % 1_000_000);
console.info(`KAZOE_SEED=${SEED}`);
const random = seededRandom(SEED);
const below = (end: number) => Math.floor(random() * end);

type Stage = Awaited<ReturnType<typeof stage>>;

/** Pub/Sub and BigQuery, with messages of ten devices, and nobody between the two yet. */
async function stage() {
  const { fake: pubsub, place } = await fakePlace();
  const bigquery = await faultRig();
  const client = new PubSub({ projectId: place.project, apiEndpoint: place.endpoint });
  onTestFinished(() => client.close());
  const writer = new TopicWriter(client, "traffic");
  const published: number[] = [];
  const at = new Date().toISOString();
  const send = (n: number, text?: string) => {
    const deviceId = `cam-${n % 10}`;
    const payload = Buffer.from(text ?? JSON.stringify(countsMessage(n, at, { deviceId, in: n })));
    const id = `AbCdEfGh-_012345.0123456789abcdef:${2 * n + (text === undefined ? 0 : 1)}`;
    const topic = `kazoe/v1/acme/shibuya/${deviceId}/counts`;
    return writer.publish({ receivedAtMs: Date.now(), topic, payload }, { id });
  };
  /** So many counts, and after every tenth something that nobody can use. */
  const publish = async (count: number) => {
    const numbers = Array.from({ length: count }, (_, i) => published.length + i + 1);
    published.push(...numbers);
    await Promise.all(numbers.flatMap((n) => (n % 10 === 0 ? [send(n), send(n, "no JSON")] : [send(n)])));
  };
  return { pubsub, place, bigquery, publish, published };
}

/** A process's worth of ingest, until it is ended. */
async function worker({ place, bigquery }: Stage) {
  const { ends } = await place.open();
  const store = await bigquery.open();
  const stop = new AbortController();
  const ingest = new Ingest({ bus: ends.reader, store, troubles: silentTroubles, limit: LIMIT });
  const running = ingest.run(stop.signal);
  const end = async () => {
    stop.abort();
    await running;
    await ends.close();
  };
  onTestFinished(end);
  return { ingest, end };
}

const allAcknowledged = ({ pubsub, place }: Stage) =>
  vi.waitFor(() => expect(pubsub.unacked(place.subscription)).toEqual([]), WAIT);

/** Everything published is seen once, or in quarantine once and with a reason, and the ledger has each at least once. */
async function expectAll({ published, bigquery: { warehouse } }: Stage) {
  await expectOnce(warehouse, published);
  const unusable = Math.floor(published.length / 10);
  const groups = await warehouse.quarantineGroups({}, 10);
  expect(groups.map(({ messages }) => messages)).toEqual([unusable]);
  expect(groups[0]?.reason).toContain("JSON");
  const { stored, duplicate, quarantined } = await warehouse.ledger();
  expect(stored + duplicate).toBeGreaterThanOrEqual(published.length);
  expect(quarantined).toBeGreaterThanOrEqual(unusable);
  return { stored, duplicate, quarantined };
}

it(
  "brings in each message once with ten workers on one subscription, and the ledger is exact",
  async () => {
    const all = await stage();
    const workers = await Promise.all(Array.from({ length: 10 }, () => worker(all)));
    await all.publish(400);
    await allAcknowledged(all);
    await Promise.all(workers.map(({ end }) => end()));
    expect(await expectAll(all)).toEqual({ stored: 400, duplicate: 0, quarantined: 40 });
    const shares = workers.map(({ ingest: { stats } }) => stats.lastStoredAt).filter((one) => one !== undefined);
    expect(shares.length).toBeGreaterThan(1);
  },
  TIMEOUT_MS,
);

const FAULTS: readonly (readonly ["storage" | "rest" | "pubsub", string, Fault])[] = [
  ...[8, 13, 14, 16].map((code) => ["storage", "AppendRows", { kind: "fail", code }] as const),
  ...[8, 9, 14].map((code) => ["storage", "AppendRows", { kind: "fail", code, inBand: true }] as const),
  ["storage", "AppendRows", { kind: "lose", code: 14 }],
  ["storage", "AppendRows", { kind: "twice" }],
  ["storage", "AppendRows", { kind: "close" }],
  ...[403, 429, 503].map((code) => ["rest", "jobs.insert", { kind: "fail", code }] as const),
  ["rest", "jobs.insert", { kind: "lose", code: 503 }],
  ["rest", "jobs.insert", { kind: "close" }],
  ["pubsub", "Acknowledge", { kind: "lose", code: 14 }],
  ["pubsub", "Acknowledge", { kind: "fail", code: 14 }],
  ["pubsub", "Deliver", { kind: "twice" }],
  ["pubsub", "Publish", { kind: "lose", code: 14 }],
  ["pubsub", "Publish", { kind: "twice" }],
];

it(
  `brings in each message once whatever fails meanwhile, drawn with seed ${SEED}`,
  async () => {
    const all = await stage();
    const { pubsub, bigquery, place } = all;
    const fakes = { storage: bigquery.fake.storage, rest: bigquery.fake.rest, pubsub };
    await Promise.all(Array.from({ length: 3 }, () => worker(all)));
    for (let round = 0; round < ROUNDS; round++) {
      for (let i = 0; i < 12; i++) {
        const [fake, method, fault] = FAULTS[below(FAULTS.length)] ?? ["storage", "AppendRows", { kind: "close" }];
        fakes[fake].faults.add(method, fault, { after: below(12) });
      }
      await all.publish(60);
      if (below(2) === 0) pubsub.closeStreams(place.subscription);
      if (below(2) === 0) pubsub.expireLeases(place.subscription);
      await all.publish(60);
      if (below(2) === 0) bigquery.fake.storage.closeConnections();
      await all.publish(60);
      await allAcknowledged(all);
      for (const { faults } of Object.values(fakes)) faults.clear();
    }
    await expectAll(all);
  },
  TIMEOUT_MS * ROUNDS,
);

it(
  "counts a message once that is delivered to two workers",
  async () => {
    const all = await stage();
    const { pubsub, place, bigquery } = all;
    const late = gate();
    bigquery.fake.storage.faults.add("AppendRows", { kind: "late", until: late.opened }, { times: 2 });
    await worker(all);
    await all.publish(20);
    await vi.waitFor(() => expect(bigquery.fake.storage.faults.calls("AppendRows")).toBeGreaterThan(1), WAIT);
    pubsub.expireLeases(place.subscription);
    await worker(all);
    pubsub.expireLeases(place.subscription);
    await vi.waitFor(async () => expect((await bigquery.warehouse.ledger()).stored).toBeGreaterThan(0), WAIT);
    late.open();
    await allAcknowledged(all);
    await vi.waitFor(async () => expect((await bigquery.warehouse.ledger()).stored).toBeGreaterThan(20), WAIT);
    await expectAll(all);
  },
  TIMEOUT_MS,
);

it(
  "keeps its messages while the warehouse takes longer than their lease lasts",
  async () => {
    const all = await stage();
    const { pubsub, place, bigquery } = all;
    const slow = await bigquery.open({ answerMs: 120_000 });
    const late = gate();
    bigquery.fake.storage.faults.add("AppendRows", { kind: "late", until: late.opened });
    await worker({ ...all, bigquery: { ...bigquery, open: async () => slow } });
    await all.publish(10);
    const leases = () => pubsub.leases(place.subscription);
    await vi.waitFor(() => expect(leases()).toHaveLength(11), WAIT);
    const firstEnd = Math.max(...leases().map(({ expiresAtMs }) => expiresAtMs));
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(firstEnd), WAIT);
    expect(leases().map(({ attempt }) => attempt)).toEqual(Array.from({ length: 11 }, () => 1));
    late.open();
    await allAcknowledged(all);
    expect(await expectAll(all)).toEqual({ stored: 10, duplicate: 0, quarantined: 1 });
  },
  TIMEOUT_MS,
);

/** Ingest from Pub/Sub into BigQuery in a process of its own. */
const SCRIPT = `
  const [dataDir, pubsub, bigquery, limit] = process.argv.slice(1);
  const load = (path) => import(new URL(path, ${JSON.stringify(DIST.href)}));
  const { openPubSubBus } = await load("cloud-ingest/pubsub/open-pubsub-bus.js");
  const { openBigQueryWarehouse } = await load("cloud-ingest/warehouse/bigquery/open.js");
  const { Ingest } = await load("cloud-ingest/ingest/ingest.js");
  const { systemClock: clock } = await load("firmware-config/kit/clock.js");
  const { silentLog: log } = await load("firmware-config/kit/log.js");
  const { Troubles } = await load("cloud-ingest/troubles.js");
  const troubles = new Troubles({ log, clock });
  const bus = await openPubSubBus(JSON.parse(pubsub), { dataDir, ends: { reads: true, writes: false }, troubles });
  const store = await openBigQueryWarehouse(JSON.parse(bigquery), { troubles });
  const { signal } = new AbortController();
  await new Ingest({ bus: bus.reader, store, troubles, limit: JSON.parse(limit) }).run(signal);
`;

async function child({ place, bigquery }: Stage): Promise<ChildProcess> {
  const settings = [await tempDir(), ...[place.options(), bigquery.config, LIMIT].map((one) => JSON.stringify(one))];
  const started = spawn(process.execPath, ["--input-type=module", "-e", SCRIPT, ...settings], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, METADATA_SERVER_DETECTION: "none" },
  });
  onTestFinished(() => void started.kill("SIGKILL"));
  return started;
}

it(
  `has each message once though workers are killed in the middle of batches, drawn with seed ${SEED}`,
  async () => {
    const all = await stage();
    const { pubsub, place, bigquery } = all;
    const { faults } = bigquery.fake.storage;
    for (let kill = 0; kill < ROUNDS; kill++) {
      await all.publish(60);
      // At one of the requests of the first batches: rows, what was heard, quarantine, what is stale, the ledger.
      const after = below(12);
      const begun = faults.calls("AppendRows");
      faults.add("AppendRows", random() < 0.5 ? { kind: "hang" } : { kind: "late", until: Promise.resolve() }, {
        after,
      });
      const victim = await child(all);
      await vi.waitFor(() => expect(faults.calls("AppendRows")).toBeGreaterThan(begun + after), WAIT);
      victim.kill("SIGKILL");
      await once(victim, "exit");
      faults.clear();
      pubsub.expireLeases(place.subscription);
    }
    await worker(all);
    await allAcknowledged(all);
    await expectAll(all);
  },
  TIMEOUT_MS * ROUNDS,
);
