import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { Cloud, type CloudReady } from "../../../cloud-ingest/cloud.ts";
import { loadCloudConfig } from "../../../cloud-ingest/load-cloud.ts";
import { brokerOf } from "../../../deploy/cli/with-cloud.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { createLog } from "../../../firmware-config/kit/log.ts";
import type { SoakSample, SoakStart } from "./sample.ts";

// The cloud half as `kazoe cloud` runs it, in a process of its own that tells its parent what memory it holds whenever it is asked.

const MB = 1024 * 1024;
const [configFile = ""] = process.argv.slice(2);
const config = await loadCloudConfig(configFile);
const instances: DuckDBInstance[] = [];
let connection: DuckDBConnection | undefined;
// The bench alone looks into the database's own books; the warehouse port has no use for them.
const create = DuckDBInstance.create;
DuckDBInstance.create = async (path, options) => {
  const instance = await create.call(DuckDBInstance, path, options);
  // Others come and go, such as the one whose zone rules are compared at a start.
  if (path?.endsWith("hot.duckdb")) instances.push(instance);
  return instance;
};

const stop = new AbortController();
process.on("disconnect", () => stop.abort());
const clock = systemClock;
await new Cloud({ config, clock, log: createLog("warn") }).run(stop.signal, (ready) => {
  process.on("message", (wish) => void (wish === "stop" ? stop.abort() : sample(ready)));
  const start: SoakStart = { kind: "start", mqttPort: brokerOf(ready).port, httpPort: ready.http.port };
  process.send?.(start);
});
process.exit(0);

async function sample({ warehouse }: CloudReady): Promise<void> {
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const { stored, duplicate, quarantined } = await warehouse.ledger();
  const one: SoakSample = {
    kind: "sample",
    rssMb: rss / MB,
    heapMb: heapUsed / MB,
    externalMb: (external + arrayBuffers) / MB,
    duckdbMb: (await duckDbBytes()) / MB,
    walMb: (await sizeOf("hot.duckdb.wal")) / MB,
    databaseMb: (await sizeOf("hot.duckdb")) / MB,
    settled: stored + duplicate + quarantined,
    stored,
  };
  process.send?.(one);
}

async function duckDbBytes(): Promise<number> {
  const instance = instances.at(-1);
  if (!instance) return 0;
  connection ??= await instance.connect();
  const reader = await connection.runAndReadAll("SELECT sum(memory_usage_bytes)::DOUBLE AS bytes FROM duckdb_memory()");
  return Number(reader.getRows()[0]?.[0] ?? 0);
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(join(config.dataDir, "warehouse", file)).catch(() => undefined);
  return found?.size ?? 0;
}
