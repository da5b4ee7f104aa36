import type { DataRow, IngestBatch } from "../../../cloud-ingest/warehouse/port.ts";
import type { CountsMessage } from "../../../firmware-config/contract/counts.ts";
import { eventIdOf } from "../../../firmware-config/contract/envelope.ts";
import type { EventMessage } from "../../../firmware-config/contract/events.ts";
import type { HealthMessage } from "../../../firmware-config/contract/health.ts";
import type { DataMessage } from "../../../firmware-config/contract/messages.ts";
import type { DeviceIdentity } from "../../../firmware-config/contract/topics.ts";

/** The device of the top README: one line, one zone, everything else as it is by default. */
export const DEVICE: DeviceIdentity = { tenant: "my-company", store: "main-street", device: "cam-01" };
export const STORE = { tenant: "my-company", store: "main-street", name: "Main Street", timeZone: "Asia/Tokyo" };

const MINUTE_MS = 60_000;
export const MINUTES_A_DAY = 1_440;
/** A shop with 400 customers a day who all come in and leave, half of whom visit the zone. */
export const EVENTS_A_DAY = { crossings: 800, visits: 200 } as const;
const CROSSING_EVERY = MINUTES_A_DAY / EVENTS_A_DAY.crossings;
const VISIT_EVERY = MINUTES_A_DAY / EVENTS_A_DAY.visits;

/** Data messages of a device in a day. */
export const MESSAGES_A_DAY = 3 * MINUTES_A_DAY + EVENTS_A_DAY.crossings + EVENTS_A_DAY.visits;

/** What the device sends from one time to another, in batches as ingest takes them: a device's windows close together, all else comes alone. */
export function* sent(fromMs: number, toMs: number): Generator<readonly DataRow[]> {
  for (let ms = fromMs; ms < toMs; ms += MINUTE_MS) {
    const minute = Math.round(ms / MINUTE_MS);
    yield [rowOf(counts(minute, "line")), rowOf(counts(minute, "zone"))];
    yield [rowOf(health(minute))];
    for (let n = happened(minute, CROSSING_EVERY); n > 0; n--) yield [rowOf(crossing(minute * 4 + n))];
    for (let n = happened(minute, VISIT_EVERY); n > 0; n--) yield [rowOf(visit(minute * 4 + n))];
  }
}

/** A batch of a bus without order. */
export const batchOf = (data: readonly DataRow[]): IngestBatch => ({ data, presence: [], quarantine: [] });

/** How often something that happens every so many minutes does so in this one. */
const happened = (minute: number, every: number) => Math.floor((minute + 1) / every) - Math.floor(minute / every);

function rowOf(message: DataMessage): DataRow {
  const receivedAt = new Date(Date.parse(message.ts) + 400).toISOString();
  return { identity: DEVICE, eventId: eventIdOf(message), date: message.ts.slice(0, 10), receivedAt, message };
}

function envelope(seq: number, ms: number) {
  const ts = new Date(ms).toISOString();
  const boot = {
    deviceId: DEVICE.device,
    bootId: "mh3k9w2a1-9f86d081884c",
    seq,
    monotonicMs: 86_400_000 + (seq % 1000),
  };
  return { v: 1, ...boot, ts, clockSynced: true, historical: false } as const;
}

function counts(minute: number, targetKind: "line" | "zone"): CountsMessage {
  const isZone = targetKind === "zone";
  const startMs = minute * MINUTE_MS;
  return {
    ...envelope(minute * 8 + (isZone ? 1 : 0), startMs + MINUTE_MS),
    ...{ kind: "counts", cameraId: "entrance", targetKind, targetId: isZone ? "shelf" : "door" },
    ...{ windowStart: new Date(startMs).toISOString(), windowS: 60, in: 1, out: 1, visits: 0, stops: 0, passersBy: 0 },
    ...{ dwellS: 12.4, dwellHistogram: [0, 0, 1, 0, 0, 0, 0, 0, 0, 0] },
    ...{ occupancyMin: 0, occupancyMean: 0.35, occupancyMax: 2, frames: 600, observedS: 60, partial: false },
  };
}

function health(minute: number): HealthMessage {
  const camera = { id: "entrance", status: "ok", fps: 10, frames: 864_000, droppedFrames: 12, reconnects: 0 };
  return {
    ...envelope(minute * 8 + 2, minute * MINUTE_MS + 20_000),
    ...{ kind: "health", uptimeS: 86_400, cpuPercent: 41.7, memoryUsedMb: 912.4, memoryTotalMb: 3_906.2, rssMb: 310.8 },
    ...{ temperatureC: 58.4, diskFreeMb: 20_411.6, inferenceMs: 62.3, outboxDepth: 0, outboxBytes: 0 },
    ...{ outboxOldestAgeS: 0, outboxDropped: 0, cameras: [camera] },
  };
}

function crossing(seq: number): EventMessage {
  const direction = seq % 2 === 0 ? "in" : "out";
  const event = { kind: "events", cameraId: "entrance", eventKind: "crossing", targetId: "door", direction } as const;
  return { ...envelope(seq * 2 + 3, (seq / 4) * MINUTE_MS), ...event };
}

function visit(seq: number): EventMessage {
  const ms = (seq / 4) * MINUTE_MS;
  const event = { kind: "events", cameraId: "entrance", eventKind: "visit", targetId: "shelf" } as const;
  const enteredAt = new Date(ms - 12_400).toISOString();
  return { ...envelope(seq * 2 + 4, ms), ...event, enteredAt, dwellS: 12.4, stop: true };
}
