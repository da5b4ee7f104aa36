import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { openDuckDbWarehouse } from "../../cloud-ingest/warehouse/duckdb/open.ts";
import { createToken, writeTokenFile } from "../../deploy/setup/token.ts";
import { seededRandom } from "../../firmware-config/kit/seeded-random.ts";
import { ensureModel } from "../../models/registry.ts";
import { openAuditOutbox } from "../support/audit-outbox.ts";
import { freePort, isInstalled, type KazoeProcess, startKazoe } from "../support/processes.ts";
import { MODELS_DIR, streetVideo } from "../support/sample.ts";
import { tempDir } from "../support/temp-dir.ts";

const MODEL = "ssdlite-mobilenetv2-300x300";
const KILLS = 4;
const AT_WORK = { timeout: 60_000, interval: 20 };
const who = { tenant: "t", store: "s", device: "cam-01" };
const hasFfmpeg = await isInstalled("ffmpeg", "-version");
if (!hasFfmpeg) console.warn("skipped: the kill test needs ffmpeg");
const video = streetVideo();
if (!video) console.warn("skipped: the kill test needs the sample video");

async function writeConfigs(dir: string, video: string) {
  await mkdir(dir, { recursive: true });
  const { token, tokenSha256 } = createToken();
  await writeTokenFile(join(dir, "device.token"), token);
  const [mqttPort, httpPort] = [await freePort(), await freePort()];
  const model = await ensureModel(MODEL, MODELS_DIR);
  const lines = [0.3, 0.4, 0.5, 0.6, 0.7].map((x, i) => ({
    id: `line-${i}`,
    from: [x, 0.1],
    to: [x, 0.9],
    confirmS: 0.1,
    uTurnS: 0,
  }));
  const zones = [
    {
      id: "middle",
      polygon: [
        [0.3, 0.3],
        [0.7, 0.3],
        [0.7, 0.8],
        [0.3, 0.8],
      ],
    },
  ];
  const device = (loop: boolean) => ({
    ...who,
    dataDir: "device-data",
    cameras: [{ id: "street", source: video, pace: "fast", loop, lines, zones }],
    detector: { model: model.path, threads: 1 },
    counts: { windowS: 1 },
    mqtt: { url: `mqtt://127.0.0.1:${mqttPort}`, tokenFile: "device.token", replayPerS: 5_000 },
    healthS: 1,
  });
  const cloud = {
    dataDir: "cloud-data",
    stores: [{ tenant: who.tenant, store: who.store, name: "Shop", timeZone: "UTC" }],
    devices: [{ ...who, tokenSha256 }],
    broker: { port: mqttPort },
    http: { port: httpPort },
  };
  await writeFile(join(dir, "loop.yaml"), stringify(device(true)));
  await writeFile(join(dir, "once.yaml"), stringify(device(false)));
  await writeFile(join(dir, "cloud.yaml"), stringify(cloud));
}

/** Starts a process, lets it say that it is at work, kills it at a random moment, and again. */
async function killAgainAndAgain(args: readonly string[], atWork: string, random: () => number): Promise<void> {
  for (let i = 0; i < KILLS; i++) {
    const victim = startKazoe(args);
    await vi.waitFor(() => expect(victim.output()).toContain(atWork), AT_WORK);
    await sleep(random() * 3_000);
    expect(victim.child.exitCode, victim.output()).toBeNull();
    victim.child.kill("SIGKILL");
    await victim.exited;
    await sleep(random() * 1_000);
  }
}

async function stopped(process: KazoeProcess): Promise<number | null> {
  process.child.kill("SIGTERM");
  return process.exited;
}

/** Every eventId that the outbox ever held, and how many it still holds. */
async function heldByOutbox(dir: string) {
  const outbox = await openAuditOutbox(join(dir, "device-data"), who.device);
  const boots = outbox.bootRecords();
  const { depth, dropped } = outbox.stats();
  await outbox.close();
  const eventIds = boots.flatMap(({ bootId, lastSeq }) =>
    Array.from({ length: lastSeq + 1 }, (_, seq) => `${who.device}:${bootId}:${seq}`),
  );
  return { eventIds, boots: boots.length, depth, dropped };
}

async function storedEventIds(dir: string): Promise<string[]> {
  const file = join(dir, "cloud-data", "warehouse", "hot.duckdb");
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  const tables = ["counts", "events", "health"].map((table) => `SELECT event_id FROM ${table}`);
  const reader = await connection.runAndReadAll(tables.join(" UNION ALL "));
  const ids = reader.getRows().map(([id]) => String(id));
  connection.closeSync();
  instance.closeSync();
  return ids;
}

test.skipIf(!hasFfmpeg || !video)(
  "kill -9 of either half at random moments neither loses nor repeats an event",
  { timeout: 300_000 },
  async () => {
    const seed = Date.now() % 1_000_000;
    console.info(`seed ${seed}`);
    const random = seededRandom(seed);
    const dir = await tempDir();
    await writeConfigs(dir, video ?? "");
    const cloudArgs = ["cloud", "--config", join(dir, "cloud.yaml")];
    const agentArgs = ["agent", "--config", join(dir, "loop.yaml")];
    await Promise.all([
      // Of this boot, as the outbox's own record of boots; whatever else writes to the disk at a start says nothing.
      killAgainAndAgain(agentArgs, "the first message is on the disk", random),
      killAgainAndAgain(cloudArgs, "the cloud half is ready", random),
    ]);

    const cloud = startKazoe(cloudArgs);
    const agent = startKazoe(["agent", "--config", join(dir, "once.yaml")]);
    expect(await agent.exited, agent.output()).toBe(0);
    expect(await stopped(cloud), cloud.output()).toBe(0);

    const held = await heldByOutbox(dir);
    expect(held).toMatchObject({ depth: 0, dropped: 0 });
    expect(held.boots).toBeGreaterThan(KILLS);
    const stored = await storedEventIds(dir);
    console.info(`${held.eventIds.length} events of ${held.boots} boots, ${stored.length} stored`);
    expect(held.eventIds.length).toBeGreaterThan(200);
    expect(stored.toSorted()).toEqual(held.eventIds.toSorted());

    const warehouse = await openDuckDbWarehouse(join(dir, "cloud-data", "warehouse"));
    const { stored: messages, quarantined } = await warehouse.ledger();
    await warehouse.close();
    expect(quarantined).toBe(0);
    expect(messages).toBeGreaterThan(stored.length);
  },
);
