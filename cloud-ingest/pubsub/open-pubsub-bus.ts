import { join } from "node:path";
import { PubSub } from "@google-cloud/pubsub";
import type { Bus, BusEnds, BusReader, BusStats, BusWriter, EventWriter } from "../bus/port.ts";
import { Inbox } from "../inbox/inbox.ts";
import type { Troubles } from "../troubles.ts";
import { EventTopic } from "./event-topic.ts";
import { Forwarder } from "./forwarder.ts";
import type { PubSubConfig } from "./pubsub-config.ts";
import type { Source } from "./pubsub-entry.ts";
import { SubscriptionReader } from "./subscription-reader.ts";
import { TopicWriter } from "./topic-writer.ts";

const MB = 1024 * 1024;
const GIVEN_UP = "given up by Pub/Sub: no ingest took it in the attempts that it has";

export interface PubSubBusParts {
  readonly dataDir: string;
  readonly ends: BusEnds;
  readonly troubles: Troubles;
}

/** The ends of Pub/Sub that this process needs. Throws `AppError` when the inbox cannot be opened; the network is met later. */
export async function openPubSubBus(options: PubSubConfig, { dataDir, ends, troubles }: PubSubBusParts): Promise<Bus> {
  const { project, emulator } = options;
  const client = new PubSub({ projectId: project, ...(emulator !== undefined && { apiEndpoint: emulator }) });
  const topic = ends.writes || ends.offers === true ? new TopicWriter(client, options.topic) : undefined;
  const maxBytes = options.maxMb * MB;
  const isThroughInbox = ends.writes && options.through === "inbox";
  const inbox = isThroughInbox ? await Inbox.open(join(dataDir, "inbox"), { maxBytes, troubles }) : undefined;
  const sources = sourcesOf(options);
  const reader = ends.reads ? new SubscriptionReader({ client, sources, troubles }) : undefined;
  const forwarder = inbox && topic && new Forwarder({ inbox, writer: topic, troubles });
  const { eventsTopic } = options;
  const events = ends.announces && eventsTopic !== undefined ? new EventTopic(client, eventsTopic) : undefined;
  return new PubSubBus({ client, topic, inbox, reader, forwarder, events });
}

function sourcesOf({ subscription, deadLetterSubscription: dead }: PubSubConfig): readonly Source[] {
  return [{ subscription }, ...(dead === undefined ? [] : [{ subscription: dead, unusable: GIVEN_UP }])];
}

interface Parts {
  readonly client: PubSub;
  readonly topic: TopicWriter | undefined;
  readonly inbox: Inbox | undefined;
  readonly reader: SubscriptionReader | undefined;
  readonly forwarder: Forwarder | undefined;
  readonly events: EventTopic | undefined;
}

class PubSubBus implements Bus {
  readonly writer?: BusWriter;
  readonly reader?: BusReader;
  readonly events?: EventWriter;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    const writer = parts.inbox ?? parts.topic;
    if (writer) this.writer = writer;
    if (parts.reader) this.reader = parts.reader;
    if (parts.events) this.events = parts.events;
    this.#parts = parts;
  }

  stats(): BusStats {
    const { inbox, topic, reader } = this.#parts;
    const written = inbox?.stats() ?? { acked: topic?.published ?? 0, depth: 0, bytes: 0 };
    const read = reader?.held ?? { depth: 0, bytes: 0 };
    const held = { depth: written.depth + read.depth, bytes: written.bytes + read.bytes };
    return { acked: written.acked, ...held, leased: read.depth, isShared: true };
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#parts.forwarder?.run(signal);
  }

  async close(): Promise<void> {
    const { client, topic, inbox, reader, events } = this.#parts;
    await reader?.close();
    await inbox?.close();
    // What an inbox holds is published after the next start.
    if (!inbox) await topic?.close();
    await events?.close();
    // A client that never had credentials cannot be closed.
    await client.close().catch(() => {});
  }
}
