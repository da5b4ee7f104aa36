import type { Message } from "@google-cloud/pubsub";
import { FIRST_INSTANT_MS } from "../../firmware-config/contract/instant-format.ts";
import type { BusEntry } from "../bus/port.ts";

const DAY_MS = 86_400_000;

/** A delivery as ingest takes it. What no broker of ours published has no topic, and ingest quarantines it. */
export function entryOf(message: Message, unusable: string | undefined): BusEntry {
  const { attributes, data } = message;
  const entry = {
    ...{
      id: idOf(message),
      message: { receivedAtMs: receivedAtMsOf(message), topic: attributes.topic ?? "", payload: data },
    },
  };
  return unusable === undefined ? entry : { ...entry, unusable };
}

/** The name that the broker's inbox gave it, so that what was forwarded twice is one message in quarantine; else Pub/Sub's. */
const idOf = ({ attributes, id }: Message) => attributes.id ?? id;

/** As the broker told; Pub/Sub's own time where that is none, or more than a day after Pub/Sub took the message. */
function receivedAtMsOf({ attributes, publishTime }: Message): number {
  const toldMs = Number(attributes.receivedAtMs || Number.NaN);
  const publishedMs = publishTime.getTime();
  return toldMs >= FIRST_INSTANT_MS && toldMs <= publishedMs + DAY_MS ? toldMs : publishedMs;
}
