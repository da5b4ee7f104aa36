import { entryName } from "../../../cloud-ingest/inbox/streams.ts";
import { loadStoreReport } from "../../../cloud-ingest/report/load-store-report.ts";
import { BigQueryClient } from "../../../cloud-ingest/warehouse/bigquery/big-query-client.ts";
import type { BigQueryConfig } from "../../../cloud-ingest/warehouse/bigquery/bigquery-config.ts";
import { openBigQueryWarehouse } from "../../../cloud-ingest/warehouse/bigquery/open.ts";
import { TABLES } from "../../../cloud-ingest/warehouse/bigquery/tables.ts";
import type { Warehouse } from "../../../cloud-ingest/warehouse/port.ts";
import { clientIdOf, topicOf } from "../../../firmware-config/contract/topics.ts";
import { TableStore } from "../../support/google/bigquery/table-store.ts";
import { FakeBigQueryRest } from "../../support/google/rest/fake-bigquery-rest.ts";
import { FakeStorageWrite } from "../../support/google/storage-write/fake-storage-write.ts";
import { aRun } from "../../support/job-run.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { rollUpNow } from "../../support/run-job.ts";
import { batchOf, DEVICE, STORE, sent } from "./device-day.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A message's id has 17 digits, its time counts 20 bytes. */
const PUBSUB_OWN_BYTES = 37;
const FIVE_MINUTES_MS = 300_000;
/** In the middle of a month and of a day, so that what grows with either is as large as it is on average. */
const NOW = "2026-03-16T12:00:00.000Z";

/** What one statement reads of one table, bytes. */
export interface TableRead {
  readonly table: string;
  readonly bytes: number;
}

/** What each statement of a piece of work reads, while the warehouse holds one device. */
export type Reads = readonly (readonly TableRead[])[];

/** What one device makes the warehouse hold, take and read. */
export interface Measured {
  /** Logical bytes of a row, by BigQuery's own rules; what is sent is no longer. */
  readonly storedBytes: Readonly<Record<string, number>>;
  /** Bytes of a message on Pub/Sub: body, attributes, ordering key, id and time. */
  readonly messageBytes: number;
  readonly rollUp: Reads;
  readonly lastSeen: Reads;
  readonly page: Reads;
  /** What the hourly job asks of the dates that it has not dealt with, and what it notes of them. */
  readonly notes: Reads;
}

/** Lets the driver itself work on the double of BigQuery, which counts bytes as the service does. */
export async function measure(): Promise<Measured> {
  const clock = new ManualClock(NOW);
  const store = new TableStore({ clock });
  const rest = new FakeBigQueryRest({ store, limits: { dmlPer10s: 1_000 } });
  const storage = new FakeStorageWrite({ store });
  const [at, writes] = await Promise.all([rest.start(), storage.start()]);
  const emulator = { rest: `${at.host}:${at.port}`, storage: `${writes.host}:${writes.port}` };
  const config = configOf(emulator);
  await new BigQueryClient(config).client.createDataset(config.dataset, { location: config.location });
  const warehouse = await openBigQueryWarehouse(config, { clock });
  const sizes = () => TABLES.map(({ name }) => sizeOf(name, store.table(referenceOf(config, name))));
  try {
    const { settled, ...reads } = await readsOf(warehouse, rest, sizes);
    return { storedBytes: Object.fromEntries([...sizes(), ...settled].flat()), messageBytes: messageBytes(), ...reads };
  } finally {
    await warehouse.close();
    await Promise.all([rest.stop(), storage.stop()]);
  }
}

function configOf(emulator: { readonly rest: string; readonly storage: string }): BigQueryConfig {
  const limits = { maxReadMb: 10_240, maxJobMb: 102_400 };
  return {
    ...({ type: "bigquery", project: "my-shops", dataset: "kazoe", location: "asia-northeast1" } as const),
    ...{ migrate: "at-start", ...limits, labels: {}, emulator },
  };
}

const referenceOf = ({ project, dataset }: BigQueryConfig, tableId: string) => ({
  ...{ projectId: project, datasetId: dataset, tableId },
});

type Size = readonly [table: string, bytesOfRow: number];

/** Nothing for a table without rows. */
function sizeOf(
  name: string,
  { bytes, rows }: { readonly bytes: number; readonly rows: readonly unknown[] },
): readonly Size[] {
  return rows.length === 0 ? [] : [[name, bytes / rows.length]];
}

/** A day and a half is there and rolled up; then come five minutes, and with them what is done every five minutes. */
async function readsOf(warehouse: Warehouse, rest: FakeBigQueryRest, sizes: () => readonly (readonly Size[])[]) {
  const nowMs = Date.parse(NOW);
  await store(warehouse, [[...sent(nowMs - 36 * HOUR_MS, nowMs - FIVE_MINUTES_MS)].flat()]);
  await rollUp(warehouse);
  await store(warehouse, [...sent(nowMs - FIVE_MINUTES_MS, nowMs)]);
  const settled = sizes();
  const during = async (work: () => Promise<unknown>): Promise<Reads> => {
    const before = rest.jobs().length;
    await work();
    return rest
      .jobs()
      .slice(before)
      .map(({ usage }) => usage.map(({ table, bytes }) => ({ table: table.reference.tableId, bytes })));
  };
  return {
    settled,
    lastSeen: await during(() => warehouse.lastSeen()),
    page: await during(() => loadStoreReport(warehouse, { store: STORE, now: new Date(nowMs) })),
    rollUp: await during(() => rollUp(warehouse)),
    notes: await during(() => notes(warehouse)),
  };
}

/** Today is noted all day long, for it is judged when it is over. */
async function notes(warehouse: Warehouse): Promise<void> {
  await warehouse.noteChanged("quality", [{ store: STORE, dates: [NOW.slice(0, 10)] }]);
  const changed = await warehouse.changedDates("quality", [STORE]);
  await warehouse.forgetChanged(changed.notes);
}

async function store(warehouse: Warehouse, batches: readonly Parameters<typeof batchOf>[0][]): Promise<void> {
  for (const batch of batches) await warehouse.store(batchOf(batch));
}

async function rollUp(warehouse: Warehouse): Promise<void> {
  const details = JSON.stringify(await rollUpNow(warehouse, [STORE]));
  const run = aRun({ startedAt: NOW, finishedAt: NOW, details });
  await warehouse.recordRun({ ...run, finishedAt: null, outcome: "running" });
  await warehouse.recordRun(run);
}

/** A message as the broker publishes it: what Pub/Sub charges for is body, attributes, ordering key, its own name and a time. */
function messageBytes(): number {
  const messages = [...sent(0, DAY_MS)].flat().map(({ message }) => {
    const topic = topicOf(DEVICE, message.kind);
    const id = entryName("inbox.0123456789abcdef", 1_000_000);
    const attributes = Object.entries({ topic, receivedAtMs: String(Date.parse(NOW)), id }).flat();
    return JSON.stringify(message).length + attributes.join("").length + clientIdOf(DEVICE).length + PUBSUB_OWN_BYTES;
  });
  return messages.reduce((sum, one) => sum + one, 0) / messages.length;
}
