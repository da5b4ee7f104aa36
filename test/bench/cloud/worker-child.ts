import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ingest } from "../../../cloud-ingest/ingest/ingest.ts";
import { openPubSubBus } from "../../../cloud-ingest/pubsub/open-pubsub-bus.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { openBigQueryWarehouse } from "../../../cloud-ingest/warehouse/bigquery/open.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { PROJECT, SUBSCRIPTION, TOPIC } from "./messages.ts";
import type { WorkerStart } from "./worker.ts";

// A worker of ingest in a process of its own, which says what it has done while it works.
const TOLD_EVERY_MS = 50;
process.env.METADATA_SERVER_DETECTION = "none";
const { pubsub, config }: WorkerStart = JSON.parse(process.argv[2] ?? "{}");
const dataDir = await mkdtemp(join(tmpdir(), "kazoe-bench-"));
const warehouse = await openBigQueryWarehouse(config);
const troubles = new Troubles({ log: silentLog, clock: systemClock });
process.send?.({ stored: 0, quarantined: 0, rssMb: rssMb(), cpuS: cpuS() });
process.once("message", () => void work());
process.on("disconnect", () => void rm(dataDir, { recursive: true, force: true }).finally(() => process.exit()));

async function work(): Promise<void> {
  const bus = await openPubSubBus(
    {
      ...({ type: "pubsub", project: PROJECT, topic: TOPIC, subscription: SUBSCRIPTION, through: "nothing" } as const),
      ...{ maxMb: 64, emulator: pubsub },
    },
    { dataDir, ends: { writes: false, reads: true }, troubles },
  );
  if (!bus.reader) throw new Error("no reader");
  const ingest = new Ingest({ bus: bus.reader, store: warehouse, troubles });
  setInterval(() => {
    const { stored, quarantined } = ingest.stats;
    // Who asked may leave while it is written.
    if (process.connected) process.send?.({ stored, quarantined, rssMb: rssMb(), cpuS: cpuS() }, () => {});
  }, TOLD_EVERY_MS);
  await ingest.run(new AbortController().signal);
}

function rssMb(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}

function cpuS(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
