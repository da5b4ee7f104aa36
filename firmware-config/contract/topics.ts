import { IDENTIFIER } from "./identifier.ts";

interface TopicInfo {
  /** Who may publish it; the other side may subscribe. */
  readonly from: "device" | "cloud";
  readonly retained: boolean;
  readonly qos: 1;
  /** False for what is laid down but not handled yet: its payload is free. */
  readonly hasSchema: boolean;
  readonly what: string;
}

/** The kinds of topic below a device's prefix: the one table of who may say what. */
export const TOPICS = {
  state: { from: "device", retained: true, qos: 1, hasSchema: true, what: "online or offline; also the will" },
  birth: { from: "device", retained: true, qos: 1, hasSchema: true, what: "what the device is and counts" },
  counts: { from: "device", retained: false, qos: 1, hasSchema: true, what: "one window of one line or zone" },
  events: { from: "device", retained: false, qos: 1, hasSchema: true, what: "single crossings and visits" },
  health: { from: "device", retained: false, qos: 1, hasSchema: true, what: "vitals" },
  "shadow/desired": { from: "cloud", retained: true, qos: 1, hasSchema: false, what: "what the device is to run" },
  "shadow/reported": {
    from: "device",
    retained: true,
    qos: 1,
    hasSchema: false,
    what: "what it runs, and why not that",
  },
  command: { from: "cloud", retained: false, qos: 1, hasSchema: false, what: "something to do once" },
  ack: { from: "device", retained: false, qos: 1, hasSchema: false, what: "what became of a command" },
} as const satisfies Readonly<Record<string, TopicInfo>>;

export type TopicKind = keyof typeof TOPICS;

/** The kinds whose payload has a schema; the cloud stores them. */
export type MessageKind = { [K in TopicKind]: (typeof TOPICS)[K]["hasSchema"] extends true ? K : never }[TopicKind];

/** Who a device is. */
export interface DeviceIdentity {
  readonly tenant: string;
  readonly store: string;
  readonly device: string;
}

export interface Topic extends DeviceIdentity {
  /** Undefined for a kind that this version does not know. */
  readonly kind: TopicKind | undefined;
}

export const MESSAGE_KINDS: readonly MessageKind[] = Object.keys(TOPICS).filter(isTopicKind).filter(isMessageKind);

const TOPIC = new RegExp(
  `^kazoe/v1/(?<tenant>${IDENTIFIER})/(?<store>${IDENTIFIER})/(?<device>${IDENTIFIER})/(?<kind>[^]*)$`,
);

/** `kazoe/v1/{tenant}/{store}/{device}/{kind}`. */
export function topicOf(identity: DeviceIdentity, kind: TopicKind): string {
  return `kazoe/v1/${clientIdOf(identity)}/${kind}`;
}

/** `{tenant}/{store}/{device}`: MQTT client id and user name. */
export function clientIdOf({ tenant, store, device }: DeviceIdentity): string {
  return `${tenant}/${store}/${device}`;
}

/** One text for a store, of a message, a row or the registry; identifiers have no slash. */
export function storeKey({ tenant, store }: NamesStore): string {
  return `${tenant}/${store}`;
}

type NamesStore = { readonly tenant: unknown; readonly store: unknown } | Readonly<Record<string, unknown>>;

/** Topics parsed last, 2 MB at most: a batch has thousands of messages of some hundred topics. */
const TOPICS_KNOWN = 5_000;
const known = new Map<string, Topic>();

/** The parts of a topic, or undefined when it is no device's. */
export function parseTopic(topic: string): Topic | undefined {
  const found = known.get(topic);
  if (found) return found;
  const parts = partsOf(topic);
  // Only these are of bounded length.
  if (parts?.kind === undefined) return parts;
  if (known.size >= TOPICS_KNOWN) known.clear();
  known.set(topic, parts);
  return parts;
}

function partsOf(topic: string): Topic | undefined {
  const parts = TOPIC.exec(topic)?.groups;
  if (!parts) return undefined;
  const { tenant = "", store = "", device = "", kind = "" } = parts;
  return { tenant, store, device, kind: isTopicKind(kind) ? kind : undefined };
}

/** Whose row it is; without a store it is of all of the tenant's. */
export interface RowPlace {
  readonly tenant: string;
  readonly store?: string;
}

/** No part of a topic of a device, so that no device can publish rows. */
const NOBODY = "-";
const ROWS = `/${NOBODY}/rows`;
const ROW_TOPIC = new RegExp(`^kazoe/v1/(?<tenant>${IDENTIFIER}|-)/(?<store>${IDENTIFIER}|-)/-/rows$`);

/** The topic of rows that no device sent; left out where nobody could be told whose they are. */
export function rowTopicOf(place: RowPlace | undefined): string {
  return `kazoe/v1/${place?.tenant ?? NOBODY}/${place?.store ?? NOBODY}/${NOBODY}/rows`;
}

/** `place` is left out where the topic names none; undefined when it is no topic of rows. */
export function parseRowTopic(topic: string): { readonly place?: RowPlace } | undefined {
  if (!topic.endsWith(ROWS)) return undefined;
  const parts = ROW_TOPIC.exec(topic)?.groups;
  if (!parts) return undefined;
  const { tenant = NOBODY, store = NOBODY } = parts;
  if (tenant === NOBODY) return {};
  return { place: { tenant, ...(store !== NOBODY && { store }) } };
}

export function isMessageKind(kind: TopicKind): kind is MessageKind {
  return TOPICS[kind].hasSchema;
}

function isTopicKind(kind: string): kind is TopicKind {
  return Object.hasOwn(TOPICS, kind);
}
