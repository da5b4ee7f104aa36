import { BIGINT, DOUBLE, VARCHAR } from "@duckdb/node-api";
import type { BusEntry } from "../../../cloud-ingest/bus/port.ts";
import { ClockJudge } from "../../../cloud-ingest/ingest/clock-judge.ts";
import { sortMessages } from "../../../cloud-ingest/ingest/sort.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import { Session } from "../../../cloud-ingest/warehouse/duckdb/session.ts";
import type { DataRow, IngestBatch } from "../../../cloud-ingest/warehouse/port.ts";
import type { CountsMessage } from "../../../firmware-config/contract/counts.ts";
import { eventIdOf } from "../../../firmware-config/contract/envelope.ts";
import { topicOf } from "../../../firmware-config/contract/topics.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import type { BenchResult } from "../result.ts";
import { type Generated, generate, withHot } from "./generate.ts";
import { inTempDir, leastOf, type Spent, spentOn } from "./measure.ts";

const DEVICES = 200;
const START_MS = Date.UTC(2026, 2, 1);
const TEXTS = ["tenant", "store", "event_id", "device_id", "boot_id", "camera_id", "target_kind", "target_id"];
const WHOLE = ["seq", "window_s", "in", "out", "visits", "stops", "passers_by", "frames"];
const OTHERS = ["monotonic_ms", "dwell_s", "occupancy_mean", "observed_s"];

interface Shape {
  readonly batchRows: number;
  readonly batches: number;
  /** Numbers made up at random instead of one after the other. */
  readonly isWide?: boolean;
  /** Rows that the hot database holds before. */
  readonly hot?: Generated;
}

/** 5,184,000 rows of others. */
const HOT = { stores: 200, days: 18, targets: 1, windowS: 60 };
const MESSAGES = 5_000;

/** Rows a second through `store`, which knows what is there already, beside an appender that knows nothing. */
export async function runIngestBench(): Promise<BenchResult> {
  const lines: string[] = [];
  for (const shape of [
    { batchRows: 2_000, batches: 50 },
    { batchRows: 5_000, batches: 20 },
    { batchRows: 10_000, batches: 10 },
    { batchRows: 2_000, batches: 50, isWide: true },
    { batchRows: 10_000, batches: 10, hot: HOT },
  ]) {
    const rows = shape.batchRows * shape.batches;
    const bare = rate(rows, await bareAppender(shape));
    const ours = rate(rows, await throughStore(shape));
    lines.push(lineOf(nameOf(shape), ours, "appender alone", bare));
  }
  const [read, parsed] = [rate(MESSAGES, await leastOf(5, reading)), rate(MESSAGES, await leastOf(5, parsing))];
  lines.push(lineOf("reading messages before", read, "JSON.parse alone", parsed));
  return { name: `ingest with de-duplication, ${DEVICES} devices (wall; CPU)`, lines };
}

const nameOf = ({ batchRows, isWide, hot }: Shape) =>
  `${batchRows} rows a batch${isWide ? ", random seq" : ""}${hot ? ", 5 million hot" : ""}`;

const lineOf = (name: string, ours: Rate, reference: string, bare: Rate) =>
  `${name.padEnd(34)} ${text(ours)}   ${reference}: ${text(bare)}   ratio of CPU ${(ours.cpu / bare.cpu).toFixed(2)}`;

/** From payload to row: what ingest does on the one thread of JavaScript before a batch is stored. */
async function reading(): Promise<void> {
  const clock = { ...systemClock, nowMs: () => START_MS };
  sortMessages(ENTRIES, new ClockJudge({ clock, troubles: new Troubles({ log: silentLog, clock }) }));
}

async function parsing(): Promise<void> {
  for (const { message } of ENTRIES) JSON.parse(message.payload.toString());
}

interface Rate {
  readonly wall: number;
  readonly cpu: number;
}

const rate = (rows: number, { wallMs, cpuMs }: Spent): Rate => ({
  wall: (rows * 1000) / wallMs,
  cpu: (rows * 1000) / cpuMs,
});

const text = ({ wall, cpu }: Rate) => `${thousands(wall)} rows/s; ${thousands(cpu)} rows/CPU s`;
const thousands = (value: number) => `${(value / 1000).toFixed(0).padStart(4)} k`;

function throughStore(shape: Shape): Promise<Spent> {
  return inTempDir(async (dir) => {
    if (shape.hot) await generate(dir, shape.hot);
    const warehouse = await openDuckDbWarehouse(dir);
    await warehouse.store(batchOf(shape, 0));
    const spent = { wallMs: 0, cpuMs: 0 };
    for (let number = 1; number <= shape.batches; number++) {
      const batch = batchOf(shape, number);
      const { wallMs, cpuMs } = await spentOn(() => warehouse.store(batch));
      spent.wallMs += wallMs;
      spent.cpuMs += cpuMs;
    }
    await warehouse.close();
    return spent;
  });
}

/** Texts and numbers as many as a count has, of values that need no work. */
function bareAppender({ batchRows, batches }: Shape): Promise<Spent> {
  return inTempDir(async (dir) => {
    await (await openDuckDbWarehouse(dir)).close();
    return withHot(dir, async (connection) => {
      const session = new Session(connection);
      const columns = [
        ...TEXTS.map((name) => ({ name, type: VARCHAR, value: () => "boot-00000001" })),
        ...WHOLE.map((name) => ({ name, type: BIGINT, value: () => 7n })),
        ...OTHERS.map((name) => ({ name, type: DOUBLE, value: () => 0.5 })),
      ];
      return spentOn(async () => {
        for (let number = 0; number < batches; number++) {
          await session.run("BEGIN");
          await session.append("counts", columns, batchRows);
          await session.run("COMMIT");
        }
      });
    });
  });
}

interface BatchShape extends Pick<Shape, "batchRows" | "isWide"> {
  readonly startMs?: number;
}

export function batchOf({ batchRows, isWide = false, startMs = START_MS }: BatchShape, number: number): IngestBatch {
  const data = Array.from({ length: batchRows }, (_, index) => {
    const nth = number * batchRows + index;
    const count = Math.floor(nth / DEVICES);
    return rowOf(nth % DEVICES, isWide ? (nth * 2_654_435_761) % 2 ** 32 : count, startMs + count * 60_000);
  });
  const clock = { nowMs: START_MS * 2, markMs: START_MS };
  return { position: { stream: "bench", number: number + 1 }, data, presence: [], quarantine: [], clock };
}

/** Parsed, as ingest has it: objects that were put together field by field are slower to read. */
function rowOf(device: number, seq: number, atMs: number): DataRow {
  const ts = new Date(atMs).toISOString();
  const deviceId = `cam-${device % 5}`;
  const message: CountsMessage = JSON.parse(
    COUNTS.replace("DEVICE", deviceId).replace('"SEQ"', `${seq}`).replaceAll("TS", ts),
  );
  const identity = { tenant: "acme", store: `store-${Math.floor(device / 5)}`, device: deviceId };
  return { identity, eventId: eventIdOf(message), date: ts.slice(0, 10), receivedAt: ts, message };
}

const COUNTS = JSON.stringify({
  ...{ v: 1, kind: "counts", deviceId: "DEVICE", bootId: "boot-00000001", seq: "SEQ", ts: "TS", monotonicMs: 60_000.5 },
  ...{
    clockSynced: true,
    historical: false,
    cameraId: "front",
    targetKind: "line",
    targetId: "door",
    windowStart: "TS",
  },
  ...{ windowS: 60, in: 3, out: 2, visits: 0, stops: 0, passersBy: 0, dwellS: 0 },
  ...{ dwellHistogram: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], occupancyMin: 0, occupancyMean: 0.25, occupancyMax: 1 },
  ...{ frames: 600, observedS: 59.75, partial: false },
});

const ENTRIES: readonly BusEntry[] = batchOf({ batchRows: MESSAGES }, 0).data.map(({ identity, eventId, message }) => ({
  id: eventId,
  message: {
    topic: topicOf(identity, message.kind),
    payload: Buffer.from(JSON.stringify(message)),
    receivedAtMs: START_MS,
  },
}));
