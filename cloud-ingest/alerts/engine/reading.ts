import type { HealthNumber, HealthRow } from "../../warehouse/alert-port.ts";
import type { Measure, Measured, SignalName, Value } from "../rules/signals.ts";
import type { Subject } from "./subject.ts";

/** What is known of a device at a look. */
export interface DeviceReading {
  readonly subject: Subject;
  /** `never`: of the configuration, and never heard of. */
  readonly presence: "online" | "offline" | "stopped" | "never";
  /** When anything of it was last received, ms; says nothing of one that was never heard. */
  readonly heardMs: number;
  readonly health?: HealthReading;
  readonly quality?: QualityReading;
  readonly silence?: SilenceReading;
}

/** What it said of itself last, live; and before that, in the same run of the agent. */
export interface HealthReading {
  readonly last: HealthRow;
  readonly before?: HealthRow;
  /** Starts of the agent within the last hour, and how often an older one was heard again after a newer one. */
  readonly restarts: number;
  readonly bootReturns: number;
}

/** What the quality job says. */
export interface QualityReading {
  /** When it last judged, ms. */
  readonly judgedMs: number;
  /** Rules that doubt the counts of a line or zone, and since when. */
  readonly flags: readonly { readonly rule: string; readonly target: string; readonly sinceMs: number }[];
}

/** How likely it is that nobody came. */
export interface SilenceReading {
  readonly chance: number;
  /** The end of the hours that it is about, and since when nobody was counted, ms. */
  readonly untilMs: number;
  readonly sinceMs: number;
}

export interface LookTime {
  readonly nowMs: number;
  /** From when on this process could hear: what was silent before is no evidence. */
  readonly listeningMs: number;
  /** Between two looks: evidence that is always new is counted once in each. */
  readonly tickMs: number;
}

/** Health that is older says nothing of now. */
const HEALTH_MAX_AGE_MS = 10 * 60_000;

/** What a rule may ask of a device. */
export function measureDevice(reading: DeviceReading, time: LookTime): Measure {
  return (signal) => {
    if (signal === "neverHeardS") return neverHeard([reading], time);
    if (signal === "offlineS") return reading.presence === "never" ? undefined : silent([reading.heardMs], time);
    if (signal === "presence") return one(reading.presence, tickOf(time));
    if (signal === "quality") return qualityOf(reading.quality);
    if (signal === "silentChance") return silenceOf(reading.silence);
    return healthSignal(signal, reading.health, time);
  };
}

/** What a rule may ask of a store or the system: one device alone is no witness for the whole. */
export function measureMany(readings: readonly DeviceReading[], time: LookTime): Measure {
  const isHeard = ({ presence }: DeviceReading) => presence !== "stopped" && presence !== "never";
  const heard = readings.filter(isHeard).map(({ heardMs }) => heardMs);
  return (signal) => {
    if (signal === "offlineS" && heard.length >= 2) return silent(heard, time);
    return signal === "neverHeardS" && readings.length >= 2 ? neverHeard(readings, time) : undefined;
  };
}

/** That one was heard is the end of it. Before we listened it may have been away for ever, or nobody had connected it yet. */
function neverHeard(readings: readonly DeviceReading[], { nowMs, listeningMs, ...time }: LookTime): Measured {
  const stampMs = tickOf({ nowMs, listeningMs, ...time });
  if (readings.some(({ presence }) => presence !== "never")) return one(0, stampMs);
  const value = Math.max(0, nowMs - listeningMs) / 1_000;
  return { values: [{ value, most: Number.POSITIVE_INFINITY }], stampMs, sinceMs: Math.min(listeningMs, nowMs) };
}

/** An interval, because nobody heard anything before we listened. */
function silent(heardMs: readonly number[], { nowMs, listeningMs, ...time }: LookTime): Measured {
  const lastMs = heardMs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const value = Math.max(0, nowMs - Math.max(lastMs, listeningMs)) / 1_000;
  const most = Math.max(value, (nowMs - lastMs) / 1_000);
  return { values: [{ value, most }], stampMs: tickOf({ nowMs, listeningMs, ...time }), sinceMs: lastMs };
}

const tickOf = ({ nowMs, tickMs }: LookTime) => Math.floor(nowMs / tickMs) * tickMs;

const one = (value: number | string, stampMs: number): Measured => ({ values: [{ value }], stampMs });

const number = (value: number | undefined, stampMs: number) => (value === undefined ? undefined : one(value, stampMs));

type HealthSignal = Exclude<SignalName, "offlineS" | "neverHeardS" | "presence" | "quality" | "silentChance">;

const PLAIN: Partial<Readonly<Record<HealthSignal, HealthNumber>>> = {
  uptimeS: "uptimeS",
  cpuPercent: "cpuPercent",
  temperatureC: "temperatureC",
  diskFreeMb: "diskFreeMb",
  inferenceMs: "inferenceMs",
  outboxDepth: "outboxDepth",
  outboxOldestAgeS: "outboxOldestAgeS",
};

function healthSignal(signal: HealthSignal, health: HealthReading | undefined, time: LookTime): Measured | undefined {
  if (!health) return undefined;
  const { last, before } = health;
  const stampMs = Date.parse(last.receivedAt);
  // Times of receipt may have been stamped while our clock was ahead.
  const ageMs = Math.max(0, time.nowMs - stampMs);
  if (signal === "healthAgeS") return { ...silent([stampMs], time), sinceMs: stampMs };
  if (ageMs > HEALTH_MAX_AGE_MS) return undefined;
  const plain = PLAIN[signal];
  if (plain) return number(last.numbers[plain], stampMs);
  switch (signal) {
    case "restarts":
      return one(health.restarts, stampMs);
    case "bootReturns":
      return one(health.bootReturns, stampMs);
    case "memoryUsedPercent":
      return number(memoryPercent(last), stampMs);
    case "outboxLost":
      return number(before && moreOf(last.numbers.outboxDropped, before.numbers.outboxDropped), stampMs);
    case "clockSynced":
      return one(last.clockSynced ? "yes" : "no", stampMs);
    case "clockOffsetS":
      return one(Math.abs(stampMs - Date.parse(last.ts)) / 1_000, stampMs);
    default:
      return camerasOf(signal, health, stampMs);
  }
}

function memoryPercent({ numbers: { memoryUsedMb: used, memoryTotalMb: total } }: HealthRow): number | undefined {
  return used === undefined || total === undefined || total <= 0 ? undefined : (100 * used) / total;
}

/** Growth of a tally; one that went back was made anew. */
function moreOf(now: number | undefined, then: number | undefined): number | undefined {
  return now === undefined || then === undefined || now < then ? undefined : now - then;
}

type CameraSignal = "cameraFps" | "cameraStatus" | "cameraView" | "droppedPercent";
const isCameraSignal = (signal: string): signal is CameraSignal =>
  signal === "droppedPercent" || signal.startsWith("camera");

/** A device without cameras, or whose cameras say nothing of it, gives no evidence. */
function camerasOf(signal: string, { last, before }: HealthReading, stampMs: number): Measured | undefined {
  if (!isCameraSignal(signal)) return undefined;
  const values = last.cameras.flatMap((camera): readonly Value[] => {
    const id = typeof camera.id === "string" ? camera.id : "";
    const older = before?.cameras.find((other) => other.id === camera.id);
    return cameraValues(signal, camera, older).map((value) => ({ value, of: id }));
  });
  return values.length === 0 ? undefined : { values, stampMs };
}

type Camera = HealthRow["cameras"][number];

function cameraValues(signal: CameraSignal, camera: Camera, older: Camera | undefined): readonly (number | string)[] {
  if (signal === "cameraStatus") return wordsOf(camera.status);
  if (signal === "cameraView") return wordsOf(camera.view);
  // A file that has been played needs no more pictures, and one that starts has none yet.
  const isLive = camera.status === "ok";
  if (signal === "cameraFps") return isLive && typeof camera.fps === "number" ? [camera.fps] : [];
  return isLive ? droppedPercent(camera, older) : [];
}

/** A word, or a list of words: contracts of newer devices may say several. */
function wordsOf(value: unknown): readonly string[] {
  const words = Array.isArray(value) ? value : [value];
  return words.filter((word) => typeof word === "string");
}

function droppedPercent(camera: Camera, older: Camera | undefined): readonly number[] {
  const tally = (value: unknown) => (typeof value === "number" ? value : undefined);
  const dropped = moreOf(tally(camera.droppedFrames), tally(older?.droppedFrames));
  const worked = moreOf(tally(camera.frames), tally(older?.frames));
  return dropped === undefined || worked === undefined || dropped + worked === 0
    ? []
    : [(100 * dropped) / (dropped + worked)];
}

function qualityOf(quality: QualityReading | undefined): Measured | undefined {
  if (!quality) return undefined;
  const { judgedMs, flags } = quality;
  const values = flags.map(({ rule, target }) => ({ value: rule, of: target }));
  if (flags.length === 0) return { values, stampMs: judgedMs };
  return { values, stampMs: judgedMs, sinceMs: Math.min(...flags.map(({ sinceMs }) => sinceMs)) };
}

const silenceOf = (silence: SilenceReading | undefined): Measured | undefined =>
  silence && { values: [{ value: silence.chance }], stampMs: silence.untilMs, sinceMs: silence.sinceMs };
