import type { BirthMessage, StateMessage } from "../../firmware-config/contract/presence.ts";
import type { DeviceIdentity } from "../../firmware-config/contract/topics.ts";
import type { IngestBatch } from "./port.ts";

/** What is kept of one device. */
export interface DeviceRecord extends DeviceIdentity {
  readonly bootId: string;
  /** `ts` of the first `online` of that boot; empty when only an `offline` came. */
  readonly bootStartedAt: string;
  readonly online: boolean;
  /** True while the last state of the newest boot is a goodbye of the device's own. */
  readonly stopped: boolean;
  readonly lastSeenAt: string;
  readonly birthTs: string;
  readonly agentVersion: string;
  readonly modelName: string;
  /** JSON of the birth message's cameras: names of lines and zones. */
  readonly cameras: string;
}

export const deviceKey = ({ tenant, store, device }: DeviceIdentity) => `${tenant}/${store}/${device}`;

/** The devices named in the batch as they are after it; `known` is how they were before. */
export function foldPresence(
  batch: IngestBatch,
  known: ReadonlyMap<string, DeviceRecord>,
): ReadonlyMap<string, DeviceRecord> {
  const devices = new Map<string, DeviceRecord>();
  const seen = (identity: DeviceIdentity, receivedAt: string): DeviceRecord => {
    const key = deviceKey(identity);
    const device = touch(devices.get(key) ?? known.get(key) ?? newDevice(identity), receivedAt);
    devices.set(key, device);
    return device;
  };
  for (const { identity, receivedAt } of batch.data) seen(identity, receivedAt);
  for (const { identity, receivedAt, message } of batch.presence) {
    const device = seen(identity, receivedAt);
    const after = message.kind === "state" ? withState(device, message) : withBirth(device, message);
    devices.set(deviceKey(identity), after);
  }
  return devices;
}

/**
 * Takes a state message only from the newest boot, by `ts` of its first `online`: a late `offline` (the will) of an older
 * boot changes nothing. Within one boot the order of arrival decides.
 */
export function withState(device: DeviceRecord, message: StateMessage): DeviceRecord {
  const online = message.state === "online";
  const stopped = message.reason === "stop";
  if (message.bootId === device.bootId) {
    return { ...device, online, stopped, bootStartedAt: device.bootStartedAt || (online ? utc(message.ts) : "") };
  }
  if (!online) return device.bootId === "" ? { ...device, bootId: message.bootId, stopped } : device;
  const startedAt = utc(message.ts);
  return startedAt < device.bootStartedAt
    ? device
    : { ...device, bootId: message.bootId, bootStartedAt: startedAt, online, stopped };
}

function withBirth(device: DeviceRecord, message: BirthMessage): DeviceRecord {
  const birthTs = utc(message.ts);
  if (birthTs < device.birthTs) return device;
  const { agentVersion, modelName } = message;
  return { ...device, birthTs, agentVersion, modelName, cameras: JSON.stringify(message.cameras) };
}

function touch(device: DeviceRecord, receivedAt: string): DeviceRecord {
  const at = utc(receivedAt);
  return at > device.lastSeenAt ? { ...device, lastSeenAt: at } : device;
}

function newDevice({ tenant, store, device }: DeviceIdentity): DeviceRecord {
  const unknown = { bootId: "", bootStartedAt: "", online: false, stopped: false, lastSeenAt: "", birthTs: "" };
  return { tenant, store, device, ...unknown, agentVersion: "", modelName: "", cameras: "[]" };
}

/** RFC 3339 in UTC with milliseconds, so that texts sort by time. */
function utc(timestamp: string): string {
  return new Date(timestamp).toISOString();
}
