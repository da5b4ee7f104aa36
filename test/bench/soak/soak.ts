import { type ChildProcess, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DeviceIdentity } from "../../../firmware-config/contract/topics.ts";
import { Fleet } from "./devices.ts";
import type { SoakRow, SoakSample, SoakStart } from "./sample.ts";
import { type Slope, slopeOf } from "./slope.ts";

export interface SoakOptions {
  readonly minutes: number;
  /** Messages per second. */
  readonly rate: number;
  /** Slope of the last half up to which memory counts as flat, MB per minute. */
  readonly flatMbPerMinute: number;
  /** One line of the table as soon as it is known. */
  readonly note: (line: string) => void;
}

export interface SoakResult {
  readonly rows: readonly SoakRow[];
  /** Each minute's least resident memory over the last half, MB per minute. */
  readonly slope: Slope;
  readonly isFlat: boolean;
  /** Messages that no PUBACK came for. */
  readonly failed: number;
}

const TOKEN = "soak";
const STORES = 10;
const DEVICES_PER_STORE = 6;
const SAMPLE_S = 5;
const SAMPLES_PER_ROW = 60 / SAMPLE_S;
/** A monitoring that asks as Prometheus usually does, and a page that somebody looks at. */
const SAMPLES_PER_PAGE = 3;

/** Runs the real cloud half in a process of its own under a steady load and watches its memory. */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const dir = await mkdtemp(join(tmpdir(), "kazoe-soak-"));
  try {
    return await soakIn(dir, options);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** What the run came to, in words. */
export function verdictOf({ slope, isFlat, failed }: SoakResult, { flatMbPerMinute }: SoakOptions): string {
  const measured = `${slope.perX.toFixed(2)} ± ${slope.standardError.toFixed(2)} MB per minute over the last half`;
  return `${isFlat ? "flat" : "NOT FLAT"}: ${measured} (flat up to ${flatMbPerMinute}); ${failed} messages without PUBACK`;
}

async function soakIn(dir: string, options: SoakOptions): Promise<SoakResult> {
  const devices = devicesOf();
  await writeFile(join(dir, "cloud.yaml"), configText(devices));
  const child = fork(new URL("./cloud-process.js", import.meta.url), [join(dir, "cloud.yaml")]);
  try {
    const start: SoakStart = await heard(child, "start");
    const fleet = new Fleet({ port: start.mqttPort, token: TOKEN, devices, rate: options.rate });
    await fleet.start();
    const rows = await watch({ child, fleet, http: start.httpPort }, options);
    await fleet.stop();
    return resultOf(rows, fleet, options);
  } finally {
    const exited = once(child, "exit");
    if (child.exitCode === null && child.connected) child.send("stop");
    await Promise.race([exited, sleep(20_000).then(() => child.kill("SIGKILL"))]);
  }
}

interface Watched {
  readonly child: ChildProcess;
  readonly fleet: Fleet;
  readonly http: number;
}

async function watch({ child, fleet, http }: Watched, { minutes, note }: SoakOptions): Promise<readonly SoakRow[]> {
  const rows: SoakRow[] = [];
  let minute: SoakRow[] = [];
  const startMs = performance.now();
  note(HEADER);
  for (let at = 1; at * SAMPLE_S <= minutes * 60; at++) {
    await sleep(Math.max(0, startMs + at * SAMPLE_S * 1000 - performance.now()));
    if (at % SAMPLES_PER_PAGE === 0) await readPages(http, at);
    child.send("sample");
    const sample: SoakSample = await heard(child, "sample");
    minute.push({ ...sample, minute: (at * SAMPLE_S) / 60, acked: fleet.acked, depth: fleet.acked - sample.settled });
    if (at % SAMPLES_PER_ROW !== 0) continue;
    const row = lowestOf(minute);
    if (row) rows.push(row);
    if (row) note(lineOf(row));
    minute = [];
  }
  return rows;
}

/** The sample of the minute with the least memory: between two collections of garbage memory rises and falls by a hundred megabytes. */
function lowestOf(samples: readonly SoakRow[]): SoakRow | undefined {
  const last = samples.at(-1);
  const lowest = samples.toSorted((a, b) => a.rssMb - b.rssMb)[0];
  return (
    last && lowest && { ...lowest, minute: last.minute, acked: last.acked, depth: last.depth, stored: last.stored }
  );
}

/** As an operator's monitoring and a shop's screen do. */
async function readPages(port: number, at: number): Promise<void> {
  const store = `/stores/acme/store-${at % STORES}/`;
  for (const path of ["/healthz", "/metrics", store, `${store}traffic.csv?span=hour`]) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
    await answer?.arrayBuffer();
  }
}

function resultOf(rows: readonly SoakRow[], { failed }: Fleet, { flatMbPerMinute }: SoakOptions): SoakResult {
  const lastHalf = rows.slice(rows.length >> 1);
  const slope = slopeOf(lastHalf.map(({ minute, rssMb }) => ({ x: minute, y: rssMb })));
  return { rows, slope, isFlat: slope.perX <= flatMbPerMinute && failed === 0, failed };
}

const COLUMNS = [
  { title: "minute", value: ({ minute }: SoakRow) => minute },
  { title: "rss MB", value: ({ rssMb }: SoakRow) => rssMb },
  { title: "heap MB", value: ({ heapMb }: SoakRow) => heapMb },
  { title: "buffers MB", value: ({ externalMb }: SoakRow) => externalMb },
  { title: "DuckDB MB", value: ({ duckdbMb }: SoakRow) => duckdbMb },
  { title: "file MB", value: ({ databaseMb }: SoakRow) => databaseMb },
  { title: "log MB", value: ({ walMb }: SoakRow) => walMb },
  { title: "waiting", value: ({ depth }: SoakRow) => depth },
  { title: "stored", value: ({ stored }: SoakRow) => stored },
] as const;
const WIDTH = 11;
const HEADER = COLUMNS.map(({ title }) => title.padStart(WIDTH)).join("");

const lineOf = (row: SoakRow) => COLUMNS.map(({ value }) => String(Math.round(value(row))).padStart(WIDTH)).join("");

function devicesOf(): readonly DeviceIdentity[] {
  return Array.from({ length: STORES * DEVICES_PER_STORE }, (_, index) => {
    return { tenant: "acme", store: `store-${index % STORES}`, device: `cam-${index}` };
  });
}

/** JSON is YAML. */
function configText(devices: readonly DeviceIdentity[]): string {
  const tokenSha256 = createHash("sha256").update(TOKEN).digest("hex");
  const names = [...new Set(devices.map(({ store }) => store))];
  return JSON.stringify({
    stores: names.map((store) => ({ tenant: "acme", store, name: store, timeZone: "Asia/Tokyo" })),
    devices: devices.map((device) => ({ ...device, tokenSha256 })),
    broker: { port: 0 },
    http: { port: 0 },
  });
}

function heard<K extends "start" | "sample">(
  child: ChildProcess,
  kind: K,
): Promise<K extends "start" ? SoakStart : SoakSample> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error("The cloud half ended"));
    child.once("exit", onExit);
    child.once("message", (message) => {
      child.off("exit", onExit);
      if (isSaid(message, kind)) resolve(message);
      else reject(new Error(`The cloud half said something else than ${kind}`));
    });
  });
}

function isSaid<K extends "start" | "sample">(
  message: unknown,
  kind: K,
): message is K extends "start" ? SoakStart : SoakSample {
  return typeof message === "object" && message !== null && "kind" in message && message.kind === kind;
}
