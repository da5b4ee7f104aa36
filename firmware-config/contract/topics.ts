/** Kinds of message that a device publishes and the cloud stores. */
export const MESSAGE_KINDS = ["state", "birth", "counts", "events", "health"] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** Who a device is. */
export interface DeviceIdentity {
  readonly tenant: string;
  readonly store: string;
  readonly device: string;
}

export interface Topic extends DeviceIdentity {
  readonly kind: MessageKind;
}

const ID = "[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?";
const TOPIC = new RegExp(`^kazoe/v1/(?<tenant>${ID})/(?<store>${ID})/(?<device>${ID})/(?<kind>[a-z]+)$`);

/** `kazoe/v1/{tenant}/{store}/{device}/{kind}`. */
export function topicOf(identity: DeviceIdentity, kind: MessageKind): string {
  return `${topicPrefixOf(identity)}${kind}`;
}

/** The part of the topic tree that belongs to one device; nobody else may publish there. */
export function topicPrefixOf({ tenant, store, device }: DeviceIdentity): string {
  return `kazoe/v1/${tenant}/${store}/${device}/`;
}

/** The parts of a topic, or undefined when it is not one of ours. */
export function parseTopic(topic: string): Topic | undefined {
  const parts = TOPIC.exec(topic)?.groups;
  const kind = MESSAGE_KINDS.find((known) => known === parts?.kind);
  if (!parts || !kind) return undefined;
  const { tenant = "", store = "", device = "" } = parts;
  return { tenant, store, device, kind };
}
