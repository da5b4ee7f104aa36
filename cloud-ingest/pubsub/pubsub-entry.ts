import type { Message } from "@google-cloud/pubsub";
import { FIRST_INSTANT_MS } from "../../firmware-config/contract/instant-format.ts";
import type { BusEntry } from "../bus/port.ts";
import { isEntryName } from "../inbox/streams.ts";

const DAY_MS = 86_400_000;

/** A subscription, and why all that comes from it goes to quarantine, if it does. */
export interface Source {
  readonly subscription: string;
  readonly unusable?: string;
}

/**
 * A delivery as ingest takes it. What no broker of ours published has no topic, and ingest quarantines it. Attributes are
 * whatever the publisher says: a name that is not of an inbox's making counts for nothing, nor does what is said with it.
 */
export function entryOf(delivery: Message, source: Source): BusEntry {
  const { attributes, data, id: messageId } = delivery;
  const named = isEntryName(attributes.id ?? "") ? attributes : {};
  const unusable = named.unusable ?? source.unusable;
  const message = { receivedAtMs: receivedAtMsOf(delivery), topic: attributes.topic ?? "", payload: data };
  const entry = { id: named.id ?? `${source.subscription}:${messageId}`, message };
  return unusable === undefined ? entry : { ...entry, unusable };
}

/** As the broker told; Pub/Sub's own time where that is none, or more than a day after Pub/Sub took the message. */
function receivedAtMsOf({ attributes, publishTime }: Message): number {
  const toldMs = Number(attributes.receivedAtMs || Number.NaN);
  const publishedMs = publishTime.getTime();
  return toldMs >= FIRST_INSTANT_MS && toldMs <= publishedMs + DAY_MS ? toldMs : publishedMs;
}
