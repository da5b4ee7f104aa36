import { PubSub } from "@google-cloud/pubsub";
import { onTestFinished, vi } from "vitest";
import type { BusEnds, BusEntry, BusMessage, BusReader, BusWriter } from "../../../cloud-ingest/bus/port.ts";
import { openPubSubBus } from "../../../cloud-ingest/pubsub/open-pubsub-bus.ts";
import type { PubSubOptions } from "../../../cloud-ingest/pubsub/pubsub-options.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { FakePubSub } from "../../support/google/pubsub/fake-pubsub.ts";
import { tempDir } from "../../support/temp-dir.ts";

export const PROJECT = "kazoe-test";
export const SUBSCRIPTION = `projects/${PROJECT}/subscriptions/ingest`;
export const TOPIC = `projects/${PROJECT}/topics/traffic`;

vi.stubEnv("METADATA_SERVER_DETECTION", "none");

/** The fake with a topic, a subscription and dead letters, and busses of any number of processes on it. */
export class PubSubRig {
  readonly fake = new FakePubSub();
  #endpoint = "";
  #client: PubSub | undefined;

  static async start(subscription: Record<string, unknown> = {}): Promise<PubSubRig> {
    const rig = new PubSubRig();
    rig.#endpoint = (await rig.fake.start()).endpoint;
    const client = new PubSub({ projectId: PROJECT, apiEndpoint: rig.#endpoint });
    rig.#client = client;
    const [topic] = await client.createTopic("traffic");
    const [dead] = await client.createTopic("dead");
    const deadLetterPolicy = { deadLetterTopic: dead.name, maxDeliveryAttempts: 5 };
    await topic.createSubscription("ingest", { enableMessageOrdering: true, deadLetterPolicy, ...subscription });
    await dead.createSubscription("dead-letters");
    onTestFinished(() => rig.stop());
    return rig;
  }

  /** A process's bus; `dataDir` is that of its inbox. */
  async open({ dataDir, ends = BOTH, ...options }: Partial<PubSubOptions & { dataDir: string; ends: BusEnds }> = {}) {
    const troubles = new Troubles({ log: silentLog, clock: systemClock });
    const dir = dataDir ?? (await tempDir());
    const own: PubSubOptions = {
      ...{ type: "pubsub", project: PROJECT, topic: "traffic", subscription: "ingest", maxMb: 10 },
      ...{ through: "nothing", deadLetterSubscription: "dead-letters", emulator: this.#endpoint, ...options },
    };
    const bus = await openPubSubBus(own, { dataDir: dir, ends, troubles });
    const stop = new AbortController();
    const running = bus.run(stop.signal);
    const close = async () => {
      stop.abort();
      await running;
      await bus.close();
    };
    onTestFinished(close);
    const { writer, reader } = bus;
    return { bus, troubles, dir, close, writer: writerOf(writer), reader: readerOf(reader) };
  }

  /** Publishes what no broker of ours would. */
  async publish(data: string, attributes: Record<string, string> = {}): Promise<void> {
    await this.#client?.topic("traffic").publishMessage({ data: Buffer.from(data), attributes });
  }

  async stop(): Promise<void> {
    await this.#client?.close();
    await this.fake.stop();
  }
}

const BOTH: BusEnds = { writes: true, reads: true };

function writerOf(writer: BusWriter | undefined): BusWriter {
  if (!writer) throw new Error("This bus has no writer");
  return writer;
}

function readerOf(reader: BusReader | undefined): BusReader {
  if (!reader) throw new Error("This bus has no reader");
  return reader;
}

export const messageOf = (device: string, text: string): BusMessage => ({
  ...{ receivedAtMs: 1_772_420_400_123.5, topic: `kazoe/v1/acme/shibuya/${device}/counts`, payload: Buffer.from(text) },
});

/** Reads until `count` messages came or the signal aborts, and acknowledges them unless told otherwise. */
export async function read(reader: BusReader, count: number, { acks = true, limit = LIMIT } = {}): Promise<BusEntry[]> {
  const seen: BusEntry[] = [];
  for await (const batch of reader.batches(undefined, limit, AbortSignal.timeout(15_000))) {
    seen.push(...batch);
    if (acks) await reader.ack(batch);
    if (seen.length >= count) break;
  }
  return seen;
}

const LIMIT = { maxMessages: 100, maxBytes: 1e6 };
export const textOf = ({ message }: BusEntry) => Buffer.from(message.payload).toString();
