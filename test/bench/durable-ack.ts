import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Aedes } from "aedes";
import { Broker } from "../../cloud-ingest/broker/broker.ts";
import { Inbox } from "../../cloud-ingest/inbox/inbox.ts";
import { Troubles } from "../../cloud-ingest/troubles.ts";
import { systemClock } from "../../firmware-config/kit/clock.ts";
import { silentLog } from "../../firmware-config/kit/log.ts";
import { freePort } from "../support/processes.ts";
import { publishAll } from "./mqtt-load.ts";
import { type BenchResult, median } from "./result.ts";

export interface DurableAckOptions {
  readonly publishers: number;
  readonly window: number;
  readonly messagesEach: number;
}

const DEFAULTS: DurableAckOptions = { publishers: 20, window: 50, messagesEach: 2_000 };
const SYNCS = 200;
const ROUNDS = 3;
const TOKEN = "bench";
const deviceOf = (index: number) => ({ tenant: "acme", store: "shibuya", device: `cam-${index}` });

/**
 * PUBACKs per second with every message synced to disk, beside aedes alone, the disk's own syncs and, where it is installed, mosquitto
 * without persistence. Broker and load share one process, but for mosquitto, which has one more core to itself.
 */
export async function runDurableAckBench(over: Partial<DurableAckOptions> = {}): Promise<BenchResult> {
  const options = { ...DEFAULTS, ...over };
  const dir = await mkdtemp(join(tmpdir(), "kazoe-bench-"));
  try {
    const durable: number[] = [];
    const plain: number[] = [];
    const syncs: number[] = [];
    const foreign: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      plain.push(await plainRate(options));
      durable.push(await durableRate(join(dir, String(round)), options));
      foreign.push(await mosquittoRate(dir, options));
      syncs.push(await syncRate(join(dir, "sync")));
    }
    return report(options, {
      ...{ durable: median(durable), plain: median(plain), syncs: median(syncs), foreign: median(foreign) },
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function durableRate(dir: string, options: DurableAckOptions): Promise<number> {
  const tokenSha256 = createHash("sha256").update(TOKEN).digest("hex");
  const devices = Array.from({ length: options.publishers }, (_, index) => ({ ...deviceOf(index), tokenSha256 }));
  const troubles = new Troubles({ log: silentLog, clock: systemClock });
  const inbox = await Inbox.open(dir, { maxBytes: 1e10, troubles });
  const config = { host: "127.0.0.1", port: 0, allowPlaintext: false };
  const broker = new Broker({ config, devices, bus: inbox, clock: systemClock, log: silentLog, troubles });
  const { port } = await broker.start();
  const rate = await rateOf(port, options);
  await broker.stop();
  if (inbox.stats().acked !== options.publishers * options.messagesEach) throw new Error("Acknowledged but not stored");
  await inbox.close();
  return rate;
}

async function plainRate(options: DurableAckOptions): Promise<number> {
  const aedes = await Aedes.createBroker({ maxClientsIdLength: 200 });
  const server = createServer(aedes.handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const rate = await rateOf(typeof address === "object" && address ? address.port : 0, options);
  aedes.close();
  server.close();
  return rate;
}

/** NaN where there is no mosquitto. */
async function mosquittoRate(dir: string, options: DurableAckOptions): Promise<number> {
  const port = await freePort();
  const file = join(dir, "mosquitto.conf");
  await writeFile(file, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest none\n`);
  const broker = spawn("mosquitto", ["-c", file], { stdio: "ignore" });
  const gone = Promise.race([once(broker, "error"), once(broker, "exit")]);
  try {
    return await Promise.race([listening(port).then(() => rateOf(port, options)), gone.then(() => Number.NaN)]);
  } finally {
    broker.kill();
  }
}

async function listening(port: number): Promise<void> {
  for (;;) {
    const socket = connect({ port, host: "127.0.0.1" });
    const isOpen = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await sleep(50);
  }
}

async function rateOf(port: number, { publishers, window, messagesEach }: DurableAckOptions): Promise<number> {
  const payload = Buffer.alloc(256, "x");
  const startMs = performance.now();
  const loads = Array.from({ length: publishers }, (_, index) => {
    const { tenant, store, device } = deviceOf(index);
    const username = `${tenant}/${store}/${device}`;
    const topic = `kazoe/v1/${username}/counts`;
    return publishAll({ port, username, password: TOKEN, topic, payload, window, messages: messagesEach });
  });
  await Promise.all(loads);
  return (publishers * messagesEach * 1000) / (performance.now() - startMs);
}

/** `fdatasync` calls per second, each after a small append. */
async function syncRate(file: string): Promise<number> {
  const handle = await open(file, "a");
  const startMs = performance.now();
  for (let index = 0; index < SYNCS; index++) {
    await handle.write(Buffer.alloc(512));
    await handle.datasync();
  }
  const rate = (SYNCS * 1000) / (performance.now() - startMs);
  await handle.close();
  return rate;
}

function report(
  { publishers, window }: DurableAckOptions,
  { durable, plain, syncs, foreign }: Readonly<Record<"durable" | "plain" | "syncs" | "foreign", number>>,
): BenchResult {
  const rate = (value: number) => `${Math.round(value).toLocaleString("en")}/s`;
  return {
    name: `durable PUBACK (QoS 1, 256 B, ${publishers} publishers, ${window} in flight, median of ${ROUNDS})`,
    lines: [
      Number.isNaN(foreign)
        ? "mosquitto is not installed: nothing beside it"
        : `mosquitto without persistence:          ${rate(foreign)}  (durable reaches ${(durable / foreign).toFixed(2)} of it)`,
      `every message synced before its PUBACK: ${rate(durable)}`,
      `aedes alone, nothing on disk:           ${rate(plain)}  (durable reaches ${(durable / plain).toFixed(2)} of it)`,
      `fdatasync of this disk, one by one:     ${rate(syncs)}  (${(durable / syncs).toFixed(1)} durable PUBACKs per such sync)`,
    ],
  };
}
