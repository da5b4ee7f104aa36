/** What a rule may be about: the whole system, a store, a device. */
export const SCOPES = ["system", "store", "device"] as const;
export type Scope = (typeof SCOPES)[number];

interface SignalInfo {
  readonly kind: "number" | "word";
  readonly scopes: readonly Scope[];
  readonly what: string;
}

const ofDevice = (kind: SignalInfo["kind"], what: string): SignalInfo => ({ kind, scopes: ["device"], what });
const number = (what: string) => ofDevice("number", what);
const word = (what: string) => ofDevice("word", what);

/** Every signal that a rule can name. A signal without evidence has no value: then a rule cannot judge. */
export const SIGNALS = {
  offlineS: {
    kind: "number",
    scopes: SCOPES,
    what: "seconds since anything of it was last heard; of a store or the system: of any of its devices, two at least",
  },
  neverHeardS: {
    kind: "number",
    scopes: SCOPES,
    what: "seconds for which we have listened in vain for the first word of a device of the configuration, 0 once it was heard; of a store or the system: of all of its devices, two at least",
  },
  presence: word("`online`, `offline`, `never` heard, or `stopped` when it said itself that it ends"),
  healthAgeS: number("seconds since it last said how it is"),
  uptimeS: number("seconds since the agent started"),
  restarts: number("starts of the agent within the last hour"),
  bootReturns: number(
    "times that a start of the agent was heard again after another one: two devices with one identity",
  ),
  cpuPercent: number("load of all cores, 0..100"),
  temperatureC: number("of the processor"),
  memoryUsedPercent: number("memory in use, 0..100"),
  diskFreeMb: number("free space where the outbox lives"),
  inferenceMs: number("time of the model per frame"),
  droppedPercent: number("frames that a newer one replaced, of all since the message before, 0..100; each camera"),
  cameraFps: number("frames worked on per second; each camera"),
  cameraStatus: word("`ok`, `stalled`, `lost`, ...; each camera"),
  cameraView: word("what the camera sees: `ok`, `frozen`, `black`, `moved`, ...; each camera that says so"),
  outboxDepth: number("messages that the broker has not acknowledged"),
  outboxOldestAgeS: number("age of the oldest of them"),
  outboxLost: number("messages given up since the message before: counts that are gone"),
  clockSynced: word("`yes` or `no`: whether the device knows its clock to be right"),
  clockOffsetS: number("seconds between the device's clock and ours"),
  quality: word("rules of the quality job that doubt its counts on the last days that are judged"),
  silentChance: number("chance that so many expected people all stayed away, in opening hours, 0..1"),
} as const satisfies Readonly<Record<string, SignalInfo>>;

export type SignalName = keyof typeof SIGNALS;
export const SIGNAL_NAMES = Object.keys(SIGNALS).filter(isSignal);

/** True for the name of a signal. */
export function isSignal(name: string): name is SignalName {
  return Object.hasOwn(SIGNALS, name);
}

/** One value among several that a signal may have, such as of one camera. */
export interface Value {
  /** Whose it is; left out where there is only one. */
  readonly of?: string;
  readonly value: number | string;
  /** The largest that it may be, where it is known as an interval from `value` on. */
  readonly most?: number;
}

/** What is known of a signal. */
export interface Measured {
  readonly values: readonly Value[];
  /** When the evidence is of, ms since the epoch: the same one is counted once. */
  readonly stampMs: number;
  /** Since when it has been so, if it is bad; left out, since the stamp. */
  readonly sinceMs?: number;
}

/** What a rule can ask of its subject; undefined is no evidence. */
export type Measure = (signal: SignalName) => Measured | undefined;
