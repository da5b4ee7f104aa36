import type { CreateSubscriptionOptions } from "@google-cloud/pubsub";
import { onTestFinished } from "vitest";
import type { BusEntry, BusMessage, BusReader } from "../../../cloud-ingest/bus/port.ts";
import { FakePubSub } from "../../support/google/pubsub/fake-pubsub.ts";
import { PubSubPlace } from "./pubsub-place.ts";

const LIMIT = { maxMessages: 100, maxBytes: 1e6 };
const READ_MS = 15_000;

/** The fake, and a project on it whose subscription has these settings. */
export async function fakePlace(
  over: CreateSubscriptionOptions = {},
): Promise<{ readonly fake: FakePubSub; readonly place: PubSubPlace }> {
  const fake = new FakePubSub();
  const { endpoint } = await fake.start();
  onTestFinished(() => fake.stop());
  return { fake, place: await PubSubPlace.make(endpoint, over) };
}

export const messageOf = (device: string, text: string): BusMessage => ({
  ...{ receivedAtMs: 1_772_420_400_123.5, topic: `kazoe/v1/acme/shibuya/${device}/counts`, payload: Buffer.from(text) },
});

export const textOf = ({ message }: BusEntry) => Buffer.from(message.payload).toString();

/** Reads until `count` messages came, and acknowledges them unless told otherwise. */
export async function read(reader: BusReader, count: number, { acks = true, limit = LIMIT } = {}): Promise<BusEntry[]> {
  const seen: BusEntry[] = [];
  for await (const batch of reader.batches(undefined, limit, AbortSignal.timeout(READ_MS))) {
    seen.push(...batch);
    if (acks) await reader.ack(batch);
    if (seen.length >= count) break;
  }
  return seen;
}
