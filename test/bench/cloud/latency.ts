import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BigQueryClient } from "../../../cloud-ingest/warehouse/bigquery/big-query-client.ts";
import type { BigQueryConfig } from "../../../cloud-ingest/warehouse/bigquery/bigquery-config.ts";
import { BigQueryEmulator, hasBigQueryEmulator } from "../../support/google/bigquery-emulator.ts";
import { emulatorJar, PubSubEmulator } from "../../support/google/pubsub-emulator.ts";
import { QUIET_JOBS } from "../../support/quiet-jobs.ts";
import type { BenchResult } from "../result.ts";
import { CloudChild } from "../soak/cloud-child.ts";
import { Fleet } from "../soak/devices.ts";
import { datasetOf } from "./dataset.ts";
import { makeTopic, PROJECT, SUBSCRIPTION, TOPIC } from "./messages.ts";

const RATE = 200;
const SECONDS = 30;
const DRAIN_S = 30;
const GOAL_MS = 3_000;
const TOKEN = "bench";
const DEVICES = Array.from({ length: 20 }, (_, n) => ({ tenant: "acme", store: `store-${n % 5}`, device: `cam-${n}` }));

/**
 * Milliseconds from a device's publish until its row is in the answer to a query of the view, through broker, inbox, Pub/Sub, ingest
 * and BigQuery, on emulators of both services. A row counts as seen when the answer is there, so the query's own time is in it.
 */
export async function runLatencyBench(): Promise<BenchResult> {
  const name = `device to visible row, emulators, ${RATE} messages a second for ${SECONDS} s`;
  const jar = emulatorJar();
  if (jar === undefined || !hasBigQueryEmulator()) {
    return { name, lines: ["left out: needs Google's Pub/Sub emulator and .ci/install-bigquery"] };
  }
  const [bigquery, pubsub] = [await BigQueryEmulator.start(), await PubSubEmulator.start(jar)];
  try {
    await makeTopic(pubsub.endpoint);
    const rest = bigquery.rest.replace("http://", "");
    const config = await datasetOf({ rest, storage: `127.0.0.1:${bigquery.grpcPort}` }, bigquery.projectId);
    const latencies = await inTemp((dir) => measured(dir, config, pubsub.endpoint));
    const at = (share: number) => latencies[Math.ceil(share * latencies.length) - 1] ?? Number.NaN;
    const [p50Ms, p99Ms] = [at(0.5), at(0.99)];
    const verdict = p99Ms < GOAL_MS ? "met" : "NOT MET";
    return {
      name,
      lines: [
        `half within ${p50Ms.toFixed(0)} ms, 99 % within ${p99Ms.toFixed(0)} ms (${verdict}: under ${GOAL_MS} ms), all ${latencies.length} within ${at(1).toFixed(0)} ms`,
      ],
      figures: { p50Ms, p99Ms, rows: latencies.length },
    };
  } finally {
    await Promise.all([bigquery.stop(), pubsub.stop()]);
  }
}

async function measured(dir: string, config: BigQueryConfig, pubsub: string): Promise<readonly number[]> {
  const file = join(dir, "cloud.yaml");
  await writeFile(file, configText(dir, config, pubsub));
  const { cloud, start } = await CloudChild.start(file);
  const fleet = new Fleet({ port: start.mqttPort, token: TOKEN, devices: DEVICES, rate: RATE });
  try {
    await fleet.start();
    const seen = new Map<string, number>();
    const client = new BigQueryClient(config);
    const endMs = performance.now() + SECONDS * 1000;
    while (performance.now() < endMs) await look(client, seen);
    await fleet.stop();
    const lastMs = performance.now() + DRAIN_S * 1000;
    while (seen.size < countsOf(fleet.acked) && performance.now() < lastMs) await look(client, seen);
    const missing = countsOf(fleet.acked) - seen.size;
    if (missing > 0) throw new Error(`${missing} rows were not seen within ${DRAIN_S} s`);
    return [...seen.values()].sort((a, b) => a - b);
  } finally {
    await cloud.stop();
  }
}

/** The fleet's first message of each device, and every tenth after it, is about health. */
const countsOf = (messages: number) =>
  Array.from({ length: messages }, (_, n) => Math.floor(n / DEVICES.length)).filter((seq) => seq % 10 !== 0).length;

/** Notes the latency of what is seen for the first time. */
async function look(client: BigQueryClient, seen: Map<string, number>): Promise<void> {
  const date = new Date().toISOString().slice(0, 10);
  const before = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const sql = `SELECT event_id, UNIX_MILLIS(ts) AS sent_ms FROM v_counts WHERE date BETWEEN '${before}' AND '${date}'`;
  const rows = await client.rows({ sql });
  const nowMs = Date.now();
  for (const { event_id, sent_ms } of rows) {
    const id = String(event_id);
    if (!seen.has(id)) seen.set(id, nowMs - Number(sent_ms));
  }
  await sleep(50);
}

/** JSON is YAML. */
function configText(dir: string, warehouse: BigQueryConfig, pubsub: string): string {
  const tokenSha256 = createHash("sha256").update(TOKEN).digest("hex");
  const names = [...new Set(DEVICES.map(({ store }) => store))];
  const { rollUp, archive, quality, forecast, today, renewForecast, cluster } = QUIET_JOBS;
  return JSON.stringify({
    dataDir: join(dir, "data"),
    bus: { type: "pubsub", project: PROJECT, topic: TOPIC, subscription: SUBSCRIPTION, emulator: pubsub },
    warehouse,
    stores: names.map((store) => ({ tenant: "acme", store, name: store, timeZone: "Asia/Tokyo" })),
    devices: DEVICES.map((device) => ({ ...device, tokenSha256 })),
    broker: { port: 0 },
    http: { port: 0 },
    jobs: { rollUp, archive, quality, forecast, today, renewForecast, cluster },
  });
}

async function inTemp<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), "kazoe-bench-"));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
