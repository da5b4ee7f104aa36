import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adapt, managedwriter } from "@google-cloud/bigquery-storage";
import { credentials } from "@grpc/grpc-js";
import { Ingest } from "../../../cloud-ingest/ingest/ingest.ts";
import { openPubSubBus } from "../../../cloud-ingest/pubsub/open-pubsub-bus.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { openBigQueryWarehouse } from "../../../cloud-ingest/warehouse/bigquery/open.ts";
import { fieldOf } from "../../../cloud-ingest/warehouse/bigquery/shape.ts";
import { definitionOf } from "../../../cloud-ingest/warehouse/bigquery/tables.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { type BenchResult, median } from "../result.ts";
import { datasetOf } from "./dataset.ts";
import { type Google, withGoogle } from "./google.ts";
import { countsMessage, PROJECT, SUBSCRIPTION, TOPIC } from "./messages.ts";

const MESSAGES = 30_000;
const ROUNDS = 3;
/** Rows of a request of the reference: what Google's guide calls a good size. */
const BATCH = 500;
const GOAL = 0.8;

/** Rows a second from Pub/Sub into BigQuery through ingest, beside Google's own writer in a loop; the doubles have their own process. */
export async function runIngestRateBench(): Promise<BenchResult> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(await withGoogle(bareRate));
    ours.push(await withGoogle(ingestRate));
  }
  const [oursPerS, barePerS] = [median(ours), median(bare)];
  const ratio = oursPerS / barePerS;
  const rate = (value: number) => `${Math.round(value).toLocaleString("en")}/s`;
  return {
    name: `rows from Pub/Sub into BigQuery (doubles, ${MESSAGES.toLocaleString("en")} messages, median of ${ROUNDS})`,
    lines: [
      `one worker: read, judged, appended, ledger, acknowledged: ${rate(oursPerS)}`,
      `JSONWriter alone in a loop, default stream, ${BATCH} rows:    ${rate(barePerS)}`,
      `the worker reaches ${ratio.toFixed(2)} of it (${ratio >= GOAL ? "met" : "NOT MET"}: at least ${GOAL})`,
    ],
    figures: { oursPerS, barePerS, ratio },
  };
}

async function ingestRate(google: Google): Promise<number> {
  const dataDir = await mkdtemp(join(tmpdir(), "kazoe-bench-"));
  await google.publish(MESSAGES);
  const config = await datasetOf(google);
  const warehouse = await openBigQueryWarehouse(config);
  const troubles = new Troubles({ log: silentLog, clock: systemClock });
  const options = { type: "pubsub", project: PROJECT, topic: TOPIC, subscription: SUBSCRIPTION } as const;
  const bus = await openPubSubBus(
    { ...options, through: "nothing", maxMb: 64, emulator: google.pubsub },
    { dataDir, ends: { writes: false, reads: true }, troubles },
  );
  if (!bus.reader) throw new Error("no reader");
  const ingest = new Ingest({ bus: bus.reader, store: warehouse, troubles });
  const stop = new AbortController();
  const startMs = performance.now();
  const running = ingest.run(stop.signal);
  while (ingest.stats.stored + ingest.stats.quarantined < MESSAGES)
    await new Promise((resolve) => setTimeout(resolve, 5));
  const rate = (MESSAGES * 1000) / (performance.now() - startMs);
  if (ingest.stats.quarantined > 0) throw new Error(`${ingest.stats.quarantined} messages were quarantined`);
  stop.abort();
  await running;
  await bus.close();
  await warehouse.close();
  await rm(dataDir, { recursive: true, force: true });
  return rate;
}

/** Google's own writer, a request after the other, rows ready made. */
async function bareRate(google: Google): Promise<number> {
  const config = await datasetOf(google);
  await (await openBigQueryWarehouse(config)).close();
  const [hostname = "", port] = google.storage.split(":");
  const client = new managedwriter.WriterClient({
    ...{ projectId: PROJECT, apiEndpoint: hostname, port: Number(port), sslCreds: credentials.createInsecure() },
  });
  const fields = definitionOf("counts").columns.map((column) => fieldOf(column));
  const schema = adapt.convertBigQuerySchemaToStorageTableSchema({ fields });
  const protoDescriptor = adapt.convertStorageSchemaToProto2Descriptor(schema, "root");
  const table = `projects/${PROJECT}/datasets/${config.dataset}/tables/counts`;
  const connection = await client.createStreamConnection({ streamId: `${table}/streams/_default` });
  const writer = new managedwriter.JSONWriter({ connection, protoDescriptor });
  const startMs = performance.now();
  for (let at = 0; at < MESSAGES; at += BATCH) {
    const rows = Array.from({ length: BATCH }, (_, index) => rowOf(at + index));
    const { error } = await writer.appendRows(rows).getResult();
    if (error) throw new Error(error.message ?? "refused");
  }
  const rate = (MESSAGES * 1000) / (performance.now() - startMs);
  writer.close();
  client.close();
  return rate;
}

function rowOf(number: number) {
  const message = countsMessage(number);
  return {
    ...{ tenant: "acme", store: "store-1", event_id: `e${number}`, date: new Date(message.ts.slice(0, 10)) },
    ...{ received_at: new Date(message.ts), v: 1, device_id: message.deviceId, boot_id: message.bootId },
    ...{ seq: message.seq, ts: new Date(message.ts), monotonic_ms: message.monotonicMs, clock_synced: true },
    ...{ historical: true, camera_id: "front", target_kind: "line", target_id: "door" },
    ...{ window_start: new Date(message.ts), window_s: 60, in: message.in, out: message.out, visits: 0, stops: 0 },
    ...{ passers_by: 0, dwell_s: 0, dwell_histogram: "[0,0,0,0,0,0,0,0,0,0]", occupancy_min: 0, occupancy_mean: 0 },
    ...{ occupancy_max: 0, frames: 600, observed_s: 60, partial: false },
  };
}
