import type { BirthMessage, StateMessage } from "../../firmware-config/contract/presence.ts";
import type { DeviceIdentity } from "../../firmware-config/contract/topics.ts";
import { isToCome } from "../../firmware-config/kit/clock.ts";
import type { DataRow, DeviceStatus, PresenceRow } from "./port.ts";

/** What is kept of one device. */
export interface DeviceRecord extends DeviceIdentity {
  readonly bootId: string;
  /** Of the device's own counter; 0 when its contract has none. */
  readonly bootNumber: number;
  /** `ts` of the first `online` of that boot; empty when only an `offline` came. */
  readonly bootStartedAt: string;
  /** When the first message of that boot was received. */
  readonly bootAt: string;
  /** Boots that a newer one has replaced, newest first, between blanks: they never come back. */
  readonly olderBoots: string;
  /** From the last state message of the newest boot; `statusOf` says what it comes to. */
  readonly online: boolean;
  /** True while the last state of the newest boot is a goodbye of the device's own. */
  readonly stopped: boolean;
  /** `stateSeq` of that message, 0 when it had none. */
  readonly stateSeq: number;
  /** When that message was received. */
  readonly stateAt: string;
  /** When the last data message was received, of whichever boot it was. */
  readonly lastDataAt: string;
  readonly lastSeenAt: string;
  readonly birthTs: string;
  readonly agentVersion: string;
  readonly modelName: string;
  /** JSON of the birth message's cameras: names of lines and zones. */
  readonly cameras: string;
}

/** What data say of their device: that it was there. */
export type Heard = Pick<DataRow, "identity" | "receivedAt">;

/** A bus without order hands out late what lies back a few boots at most; a device that restarts all the time has few names here. */
const OLDER_BOOTS = 8;
/** The last packets of a connection and its will may be stamped by two brokers whose clocks differ by so much. */
const PROOF_MS = 5_000;

export const deviceKey = ({ tenant, store, device }: DeviceIdentity) => `${tenant}/${store}/${device}`;

/**
 * The devices named in the batch as they are after it; `known` is how they were before. Times of receipt after `nowMs` were
 * stamped by our clock while it was ahead: known ones give way, and what comes with one is taken as received now.
 */
export function foldPresence(
  batch: { readonly data: readonly Heard[]; readonly presence: readonly PresenceRow[] },
  known: ReadonlyMap<string, DeviceRecord>,
  nowMs = Number.POSITIVE_INFINITY,
): ReadonlyMap<string, DeviceRecord> {
  const devices = new Map<string, DeviceRecord>();
  const deviceOf = (identity: DeviceIdentity): DeviceRecord => {
    const key = deviceKey(identity);
    const before = known.get(key);
    return devices.get(key) ?? (before ? asOf(before, nowMs) : newDevice(identity));
  };
  const heardAt = (receivedAt: string) => (isToCome(receivedAt, nowMs) ? new Date(nowMs).toISOString() : receivedAt);
  for (const { identity, receivedAt } of batch.data)
    devices.set(deviceKey(identity), withData(deviceOf(identity), heardAt(receivedAt)));
  for (const { identity, message, ...row } of batch.presence) {
    const receivedAt = heardAt(row.receivedAt);
    const device = touch(deviceOf(identity), receivedAt);
    const after =
      message.kind === "state" ? withState(device, message, receivedAt) : withBirth(device, message, receivedAt);
    devices.set(deviceKey(identity), after);
  }
  return devices;
}

/** What a device comes to: what was received after an `offline` proves that it was connected again. */
export function statusOf(record: DeviceRecord): DeviceStatus {
  const { device, lastSeenAt, agentVersion, modelName } = record;
  const online = record.online || provesLife(record);
  return { deviceId: device, online, stopped: record.stopped && !online, lastSeenAt, agentVersion, modelName };
}

/** Takes a state message from the newest boot only; within one boot `stateSeq` decides, without it the order of arrival. */
function withState(device: DeviceRecord, message: StateMessage, receivedAt: string): DeviceRecord {
  const at = utc(receivedAt);
  const current = inBoot(device, message, at);
  if (!current || isOvertaken(current, message)) return current ?? device;
  const online = message.state === "online";
  const bootStartedAt = current.bootStartedAt || (online ? utc(message.ts) : "");
  const stateSeq = message.stateSeq ?? 0;
  return { ...current, online, stopped: message.reason === "stop", bootStartedAt, stateSeq, stateAt: at };
}

/** Takes names and versions from the newest boot only; within one boot they stay the same. */
function withBirth(device: DeviceRecord, message: BirthMessage, receivedAt: string): DeviceRecord {
  const current = inBoot(device, message, utc(receivedAt));
  const birthTs = utc(message.ts);
  if (!current || birthTs < current.birthTs) return current ?? device;
  const { agentVersion, modelName } = message;
  return { ...current, birthTs, agentVersion, modelName, cameras: JSON.stringify(message.cameras) };
}

/** The device in the message's boot, or undefined when that is not the newest. */
function inBoot(device: DeviceRecord, message: StateMessage | BirthMessage, at: string): DeviceRecord | undefined {
  const { bootId, bootNumber = 0 } = message;
  if (bootId === device.bootId) return device;
  if (!isNewer(device, message, at)) return undefined;
  const older = [device.bootId, ...device.olderBoots.split(" ")].filter((id) => id !== "");
  const olderBoots = older.slice(0, OLDER_BOOTS).join(" ");
  return { ...device, bootId, bootNumber, bootAt: at, bootStartedAt: "", birthTs: "", stateSeq: 0, olderBoots };
}

/**
 * Whether a message is of a boot after the device's. The device's own counter says so; a counter that is lower and yet of a
 * boot unknown so far, heard of later, began anew on a new disk. Devices without a counter are ordered by either clock.
 */
function isNewer(device: DeviceRecord, message: StateMessage | BirthMessage, at: string): boolean {
  if (device.olderBoots.split(" ").includes(message.bootId)) return false;
  const { bootNumber = 0 } = message;
  const isCounted = bootNumber > 0 && device.bootNumber > 0;
  const isLater = at > device.bootAt;
  const isHigher = isCounted && bootNumber > device.bootNumber;
  if (message.kind === "state" && message.state === "offline") return device.bootId === "" || (isHigher && isLater);
  return isHigher || isLater || (!isCounted && utc(message.ts) >= device.bootStartedAt);
}

/** True for what was said before the state that holds. */
function isOvertaken({ stateSeq }: DeviceRecord, message: StateMessage): boolean {
  return message.stateSeq !== undefined && message.stateSeq <= stateSeq;
}

/** The device without the times of receipt that lie after `nowMs`; a state of unknown time counts from now, so that later data prove life. */
function asOf(device: DeviceRecord, nowMs: number): DeviceRecord {
  const orNothing = (at: string) => (isToCome(at, nowMs) ? "" : at);
  const { bootAt, lastDataAt, lastSeenAt, stateAt } = device;
  return {
    ...device,
    ...{ bootAt: orNothing(bootAt), lastDataAt: orNothing(lastDataAt), lastSeenAt: orNothing(lastSeenAt) },
    stateAt: isToCome(stateAt, nowMs) ? new Date(nowMs).toISOString() : stateAt,
  };
}

/** A device has one connection: what was received after the connection's end came through a newer one. */
function provesLife({ lastDataAt, stateAt }: DeviceRecord): boolean {
  return stateAt !== "" && lastDataAt !== "" && Date.parse(lastDataAt) - Date.parse(stateAt) > PROOF_MS;
}

function withData(device: DeviceRecord, receivedAt: string): DeviceRecord {
  const at = utc(receivedAt);
  const touched = touch(device, receivedAt);
  return at > device.lastDataAt ? { ...touched, lastDataAt: at } : touched;
}

function touch(device: DeviceRecord, receivedAt: string): DeviceRecord {
  const at = utc(receivedAt);
  return at > device.lastSeenAt ? { ...device, lastSeenAt: at } : device;
}

function newDevice({ tenant, store, device }: DeviceIdentity): DeviceRecord {
  const boot = { bootId: "", bootNumber: 0, bootStartedAt: "", bootAt: "", olderBoots: "" };
  const state = { online: false, stopped: false, stateSeq: 0, stateAt: "", lastDataAt: "", lastSeenAt: "" };
  return { tenant, store, device, ...boot, ...state, birthTs: "", agentVersion: "", modelName: "", cameras: "[]" };
}

/** RFC 3339 in UTC with milliseconds, so that texts sort by time. */
function utc(timestamp: string): string {
  return new Date(timestamp).toISOString();
}
