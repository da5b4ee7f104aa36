import type { Message } from "@google-cloud/pubsub";
import type { BusEntry } from "../bus/port.ts";

/** A delivery as ingest takes it. What no broker of ours published has no topic, and ingest quarantines it. */
export function entryOf(message: Message, unusable: string | undefined): BusEntry {
  const { attributes, data, publishTime } = message;
  const told = Number(attributes.receivedAtMs ?? Number.NaN);
  const receivedAtMs = Number.isFinite(told) ? told : publishTime.getTime();
  const entry = { id: idOf(message), message: { receivedAtMs, topic: attributes.topic ?? "", payload: data } };
  return unusable === undefined ? entry : { ...entry, unusable };
}

/** The name that the broker's inbox gave it, so that what was forwarded twice is one message in quarantine; else Pub/Sub's. */
const idOf = ({ attributes, id }: Message) => attributes.id ?? id;
