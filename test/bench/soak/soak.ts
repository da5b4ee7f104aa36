import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DeviceIdentity } from "../../../firmware-config/contract/topics.ts";
import { CloudChild } from "./cloud-child.ts";
import { Fleet } from "./devices.ts";
import type { SoakRow } from "./sample.ts";
import { type Slope, slopeOf } from "./slope.ts";
import { lineOf, lowestOf, rowOf, TABLE_HEADER } from "./table.ts";

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
  /** One for each minute. */
  readonly rows: readonly SoakRow[];
  /** Each minute's least resident memory over the last half, MB per minute. */
  readonly slope: Slope;
  /** False too when the run was too short to tell. */
  readonly isFlat: boolean;
  readonly acked: number;
  /** Messages that no PUBACK came for. */
  readonly failed: number;
  /** Acknowledged messages that were not in the warehouse a minute after the last; 0 or something is lost. */
  readonly missing: number;
}

const TOKEN = "soak";
const STORES = 10;
const DEVICES_PER_STORE = 6;
const SAMPLE_S = 5;
const SAMPLES_PER_ROW = 60 / SAMPLE_S;
/** A monitoring that asks as Prometheus usually does, and a page that somebody looks at. */
const SAMPLES_PER_PAGE = 3;
const DRAIN_S = 60;

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
export function verdictOf(result: SoakResult, { flatMbPerMinute }: SoakOptions): string {
  const { slope, isFlat, acked, failed, missing } = result;
  const measured = `${slope.perX.toFixed(2)} ± ${slope.standardError.toFixed(2)} MB per minute over the last half`;
  const messages = `${acked} messages acknowledged, ${failed} not, ${missing} of the acknowledged not stored`;
  return `${isFlat ? "flat" : "NOT FLAT"}: ${measured} (flat up to ${flatMbPerMinute}); ${messages}`;
}

async function soakIn(dir: string, options: SoakOptions): Promise<SoakResult> {
  const devices = devicesOf();
  await writeFile(join(dir, "cloud.yaml"), configText(devices));
  const { cloud, start } = await CloudChild.start(join(dir, "cloud.yaml"));
  try {
    const fleet = new Fleet({ port: start.mqttPort, token: TOKEN, devices, rate: options.rate });
    await fleet.start();
    const rows = await watch({ cloud, fleet, http: start.httpPort }, options);
    await fleet.stop();
    const missing = await missingAfterDrain(cloud, fleet);
    const slope = slopeOf(rows.slice(rows.length >> 1).map(({ minute, rssMb }) => ({ x: minute, y: rssMb })));
    const isFlat = Number.isFinite(slope.standardError) && slope.perX <= options.flatMbPerMinute;
    return { rows, slope, isFlat, acked: fleet.acked, failed: fleet.failed, missing };
  } finally {
    await cloud.stop();
  }
}

interface Watched {
  readonly cloud: CloudChild;
  readonly fleet: Fleet;
  readonly http: number;
}

async function watch({ cloud, fleet, http }: Watched, { minutes, note }: SoakOptions): Promise<readonly SoakRow[]> {
  const rows: SoakRow[] = [];
  let samples: SoakRow[] = [];
  const startMs = performance.now();
  note(TABLE_HEADER);
  for (let at = 1; at * SAMPLE_S <= minutes * 60; at++) {
    await sleep(Math.max(0, startMs + at * SAMPLE_S * 1000 - performance.now()));
    if (at % SAMPLES_PER_PAGE === 0) await readPages(http, at);
    samples.push(rowOf(await cloud.sample(), (at * SAMPLE_S) / 60, fleet.acked));
    if (at % SAMPLES_PER_ROW !== 0) continue;
    const row = lowestOf(samples);
    samples = [];
    if (!row) continue;
    rows.push(row);
    note(lineOf(row));
  }
  return rows;
}

/** As an operator's monitoring and a shop's screen do. */
async function readPages(port: number, at: number): Promise<void> {
  const store = `/stores/acme/store-${at % STORES}/`;
  for (const path of ["/healthz", "/metrics", store, `${store}traffic.csv?span=hour`]) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
    await answer?.arrayBuffer();
  }
}

async function missingAfterDrain(cloud: CloudChild, { acked }: Fleet): Promise<number> {
  let missing = acked;
  for (let second = 0; second < DRAIN_S && missing > 0; second++) {
    await sleep(1000);
    missing = acked - (await cloud.sample()).settled;
  }
  return missing;
}

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
    jobs: { archive: "*/10 * * * *", hotDays: 0 },
  });
}
