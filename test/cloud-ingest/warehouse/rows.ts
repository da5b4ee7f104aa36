import type {
  DataRow,
  IngestBatch,
  PresenceRow,
  QuarantineRow,
  StoreInfo,
  TrafficStore,
} from "../../../cloud-ingest/warehouse/port.ts";
import type { CountsMessage } from "../../../firmware-config/contract/counts.ts";
import { eventIdOf } from "../../../firmware-config/contract/envelope.ts";
import type { HealthMessage } from "../../../firmware-config/contract/health.ts";
import type { DataMessage } from "../../../firmware-config/contract/messages.ts";
import type { BirthMessage, StateMessage } from "../../../firmware-config/contract/presence.ts";
import type { DeviceIdentity } from "../../../firmware-config/contract/topics.ts";

export const CAM: DeviceIdentity = { tenant: "acme", store: "shibuya", device: "cam-1" };
export const SHIBUYA: StoreInfo = { tenant: "acme", store: "shibuya", name: "Shibuya", timeZone: "Asia/Tokyo" };
export const BOOT = "boot-00000001";

/** `TrafficStore.staleDates` of one store. */
export async function staleDates(warehouse: TrafficStore, store: StoreInfo): Promise<readonly string[]> {
  return (await warehouse.staleDates([store])).flatMap(({ dates }) => dates);
}

/** `TrafficStore.rollUp` of one store. */
export const rollUp = (warehouse: TrafficStore, store: StoreInfo, dates: readonly string[]) =>
  warehouse.rollUp([{ store, dates }]);

/** A valid counts message; `seq` makes it a different one. */
export function countsMessage(seq: number, windowStart: string, over: Partial<CountsMessage> = {}): CountsMessage {
  return {
    v: 1,
    kind: "counts",
    deviceId: CAM.device,
    bootId: BOOT,
    seq,
    ts: windowStart,
    monotonicMs: seq,
    clockSynced: true,
    historical: false,
    cameraId: "front",
    targetKind: "line",
    targetId: "door",
    windowStart,
    windowS: 60,
    in: 1,
    out: 0,
    visits: 0,
    stops: 0,
    passersBy: 0,
    dwellS: 0,
    dwellHistogram: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    occupancyMin: 0,
    occupancyMean: 0,
    occupancyMax: 0,
    frames: 600,
    observedS: 60,
    partial: false,
    ...over,
  };
}

export function healthMessage(seq: number, ts: string): HealthMessage {
  const { v, deviceId, bootId, monotonicMs, clockSynced, historical } = countsMessage(seq, ts);
  const tallies = { outboxDepth: 0, outboxBytes: 0, outboxOldestAgeS: 0, outboxDropped: 0 };
  const memory = { memoryUsedMb: 1, memoryTotalMb: 2, rssMb: 3, temperatureC: null, diskFreeMb: 4 };
  return {
    ...{ v, deviceId, bootId, seq, ts, monotonicMs, clockSynced, historical },
    ...{ uptimeS: 1, cpuPercent: 2, inferenceMs: 5, ...memory, ...tallies },
    kind: "health",
    cameras: [],
  };
}

export function dataRow(message: DataMessage, identity: DeviceIdentity = CAM): DataRow {
  const ts = new Date(message.ts).toISOString();
  return { identity, eventId: eventIdOf(message), date: ts.slice(0, 10), receivedAt: ts, message };
}

export const countsRow = (seq: number, windowStart: string, over: Partial<CountsMessage> = {}) =>
  dataRow(countsMessage(seq, windowStart, over));

export function stateMessage(state: "online" | "offline", bootId: string, ts: string): StateMessage {
  return {
    v: 1,
    kind: "state",
    deviceId: CAM.device,
    bootId,
    ts,
    state,
    reason: state === "online" ? "start" : "will",
  };
}

export function birthMessage(ts: string, over: Partial<BirthMessage> = {}): BirthMessage {
  return {
    ...{ v: 1, kind: "birth", deviceId: CAM.device, bootId: BOOT, ts, agentVersion: "0.1.0", nodeVersion: "20" },
    ...{ modelName: "ssd", modelSha256: "0".repeat(64), configVersion: "1" },
    cameras: [{ id: "front", lines: [{ id: "door", name: "Entrance" }, { id: "side" }], zones: [] }],
    ...over,
  };
}

export const presenceRow = (message: StateMessage | BirthMessage, receivedAt = message.ts): PresenceRow => ({
  identity: CAM,
  receivedAt,
  message,
});

export const quarantineRow = (number: number, receivedAt: string): QuarantineRow => ({
  messageId: `inbox:${number}`,
  receivedAt,
  topic: "kazoe/v1/acme/shibuya/cam-1/counts",
  reason: "not JSON",
  payload: "{\u0000\ufffd'",
});

export function batch(number: number, parts: Partial<IngestBatch>, stream = "inbox"): IngestBatch {
  return { position: { stream, number }, data: [], presence: [], quarantine: [], ...parts };
}
