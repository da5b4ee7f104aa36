import type { PubSub, Topic } from "@google-cloud/pubsub";
import { clientIdOf, parseTopic } from "../../firmware-config/contract/topics.ts";
import { within } from "../../firmware-config/kit/pause.ts";
import type { BusEntry, BusMessage, BusWriter } from "../bus/port.ts";
import { Credentials } from "./credentials.ts";
import { pubSubError } from "./pubsub-error.ts";

/** Well below a request's 1,000 messages and 10 MB; a device's message waits for others this long at most. */
const BATCHING = { maxMessages: 500, maxBytes: 2 * 1024 * 1024, maxMilliseconds: 5 };
/** How long one publish is tried; whoever called tries again. */
const PATIENCE_MS = 15_000;
const CLOSING_MS = 5_000;

/** What the inbox knows of a message: its name, for those that see it twice, and why it cannot be used. */
export type Known = Partial<Pick<BusEntry, "id" | "unusable">>;

/** Publishes to a topic, each device's messages in their order. */
export class TopicWriter implements BusWriter {
  readonly #topic: Topic;
  readonly #place: string;
  readonly #credentials: Credentials;
  #published = 0;

  constructor(client: PubSub, topic: string) {
    const retry = { retry: { backoffSettings: { ...BACK_OFF, totalTimeoutMillis: PATIENCE_MS } } };
    this.#topic = client.topic(topic, { messageOrdering: true, batching: BATCHING, gaxOpts: retry });
    this.#credentials = new Credentials(client);
    this.#place = `topic ${topic} of project ${client.projectId}`;
  }

  /** Messages that Pub/Sub has taken from here since the start. */
  get published(): number {
    return this.#published;
  }

  /** Resolves once Pub/Sub has named the message; `known` goes with it. */
  async publish({ topic, receivedAtMs, payload }: BusMessage, known: Known = {}): Promise<void> {
    const { id, unusable } = known;
    const orderingKey = orderingKeyOf(topic);
    const said = { ...(id !== undefined && { id }), ...(unusable !== undefined && { unusable }) };
    const attributes = { topic, receivedAtMs: String(receivedAtMs), ...said };
    try {
      await this.#credentials.found();
      await this.#topic.publishMessage({ data: Buffer.from(payload), attributes, orderingKey });
      this.#published += 1;
    } catch (error) {
      // After a failure the client holds back all that has the key until it is told to go on.
      this.#topic.resumePublishing(orderingKey);
      throw pubSubError(error, { place: this.#place, role: "roles/pubsub.publisher" });
    }
  }

  /** Sends what waits for its batch, as far as Pub/Sub answers soon: nothing more is waited for. */
  async close(): Promise<void> {
    await within(CLOSING_MS, this.#topic.flush());
  }
}

/** As the client's own, but for how long it goes on in all. */
const BACK_OFF = {
  initialRetryDelayMillis: 100,
  retryDelayMultiplier: 4,
  maxRetryDelayMillis: 10_000,
  initialRpcTimeoutMillis: 5_000,
  // A thin line takes longer for 2 MB: the second try has time for it.
  rpcTimeoutMultiplier: 2,
  maxRpcTimeoutMillis: 10_000,
};

/** A device's messages have one key, so that they come in their order; what no device sent has none. */
function orderingKeyOf(topic: string): string {
  const identity = parseTopic(topic);
  return identity ? clientIdOf(identity) : "";
}
