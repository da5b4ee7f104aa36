import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { connectAsync } from "mqtt";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Cloud, type CloudReady } from "../../cloud-ingest/cloud.ts";
import type { CloudConfig } from "../../cloud-ingest/config.ts";
import { openDuckDbWarehouse } from "../../cloud-ingest/warehouse/duckdb/open.ts";
import { brokerOf } from "../../deploy/cli/with-cloud.ts";
import { type Clock, systemClock } from "../../firmware-config/kit/clock.ts";
import { silentLog } from "../../firmware-config/kit/log.ts";
import { QUIET_ALERTS } from "../support/alerts-config.ts";
import { LogRecorder } from "../support/log-recorder.ts";
import { QUIET_JOBS } from "../support/quiet-jobs.ts";
import { canMount, smallDisk } from "../support/small-disk.ts";
import { tempDir } from "../support/temp-dir.ts";
import { CONFIG, DEVICES, NAME, PREFIX, TOKEN } from "./broker/broker-rig.ts";
import { countsMessage, SHIBUYA } from "./warehouse/rows.ts";

const configIn = (dataDir: string): CloudConfig => ({
  ...{ dataDir, bus: { type: "inbox", maxMb: 1, keepMb: 0 }, warehouse: { type: "duckdb", memoryMb: 256 } },
  logLevel: "error",
  ...{ stores: [SHIBUYA], devices: [...DEVICES], broker: CONFIG },
  http: { host: "127.0.0.1", port: 0, readers: [], trustProxy: [] },
  alerts: QUIET_ALERTS,
  jobs: { ...QUIET_JOBS, rollUp: "* * * * *" },
});

async function running(dataDir: string, clock: Clock = systemClock): Promise<CloudReady> {
  const stop = new AbortController();
  const cloud = new Cloud({ config: configIn(dataDir), clock, log: silentLog });
  let ended: Promise<void> = Promise.resolve();
  const ready = await new Promise<CloudReady>((resolve, reject) => {
    ended = cloud.run(stop.signal, resolve);
    ended.catch(reject);
  });
  onTestFinished(async () => {
    stop.abort();
    await ended;
  });
  return ready;
}

async function publish(ready: CloudReady, count: number): Promise<void> {
  const identity = { clientId: NAME, username: NAME, password: TOKEN };
  const client = await connectAsync(`mqtt://127.0.0.1:${brokerOf(ready).port}`, { ...identity, reconnectPeriod: 0 });
  for (let seq = 1; seq <= count; seq += 1) {
    const payload = JSON.stringify(countsMessage(seq, new Date().toISOString()));
    await client.publishAsync(`${PREFIX}counts`, payload, { qos: 1 });
  }
  await client.endAsync();
}

const get = ({ http }: CloudReady, path: string) => fetch(`http://${http.host}:${http.port}${path}`);

describe("a warehouse that cannot be opened", () => {
  it("keeps neither broker nor inbox nor server from running, and takes all when it opens", async () => {
    const dataDir = await tempDir();
    const inTheWay = join(dataDir, "warehouse");
    await writeFile(inTheWay, "not a folder");
    const ready = await running(dataDir);
    await publish(ready, 3);
    const health = await get(ready, "/healthz");
    expect([health.status, await health.json()]).toMatchObject([503, { status: "fault" }]);
    const page = await get(ready, "/stores/acme/shibuya");
    expect([page.status, page.headers.get("retry-after")]).toEqual([503, "60"]);
    expect(await page.text()).toContain("cannot be read now");
    await rm(inTheWay);
    await vi.waitFor(async () => expect((await ready.warehouse.ledger()).stored).toBe(3), 20_000);
    await vi.waitFor(async () => expect((await get(ready, "/healthz")).status).toBe(200), 20_000);
    expect((await get(ready, "/stores/acme/shibuya")).status).toBe(200);
  });

  it.runIf(canMount)("is opened by itself when a full disk has room again", async () => {
    const dataDir = await tempDir();
    const disk = await smallDisk(1);
    await writeFile(join(disk.dir, "filler"), Buffer.alloc(1_044_480));
    await mkdir(join(dataDir, "inbox"));
    await symlink(disk.dir, join(dataDir, "warehouse"));
    const ready = await running(dataDir);
    await publish(ready, 2);
    await expect(ready.warehouse.ledger()).rejects.toMatchObject({ code: "DISK_FULL", retryable: true });
    await disk.remount(16);
    await vi.waitFor(async () => expect((await ready.warehouse.ledger()).stored).toBe(2), 20_000);
  });
});

it("says that the log was cut for a minute at least, until the inbox has served what it holds", async () => {
  const dataDir = await tempDir();
  await (await openDuckDbWarehouse(join(dataDir, "warehouse"))).close();
  await writeFile(join(dataDir, "warehouse", "hot.duckdb.wal"), "garbage ".repeat(9));
  let jumpMs = 0;
  let aheadMs = 0;
  const ready = await running(dataDir, {
    ...systemClock,
    nowMs: () => systemClock.nowMs() + jumpMs,
    monotonicMs: () => systemClock.monotonicMs() + aheadMs,
  });
  const faults = async () => await (await get(ready, "/healthz")).json();
  expect(await faults()).toMatchObject({ faults: ["warehouse-log-cut"] });
  jumpMs = 61_000;
  await setTimeout(2_500);
  expect(await faults()).toMatchObject({ faults: ["warehouse-log-cut"] });
  aheadMs = 61_000;
  await vi.waitFor(async () => expect(await faults()).toMatchObject({ status: "ok", faults: [] }), 10_000);
});

describe("what no waiting mends ends the start at once", () => {
  it("another process has the warehouse", async () => {
    const dataDir = await tempDir();
    const dir = join(dataDir, "warehouse");
    await (await openDuckDbWarehouse(dir)).close();
    const script = `import { DuckDBInstance } from "@duckdb/node-api";
      const instance = await DuckDBInstance.create(process.argv[1]); console.log("open"); setInterval(() => instance, 1e6);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script, join(dir, "hot.duckdb")]);
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    await expect(running(dataDir)).rejects.toMatchObject({ code: "STORE_LOCKED" });
  });

  it("a port that is taken; nothing else is blamed for it, and every part has ended", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void taken.close());
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const config = configIn(await tempDir());
    const log = new LogRecorder();
    const cloud = new Cloud({ config: { ...config, http: { ...config.http, port } }, clock: systemClock, log });
    await expect(cloud.run(new AbortController().signal)).rejects.toMatchObject({ code: "PORT_IN_USE" });
    await setTimeout(200);
    expect(log.lines.filter((line) => /^(warn|error)/.test(line))).toEqual([]);
  });

  it("a folder that DuckDB takes for another", async () => {
    await expect(running(join(await tempDir(), "da?ta"))).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining('"?"'),
    });
  });
});
