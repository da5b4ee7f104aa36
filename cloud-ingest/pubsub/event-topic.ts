import type { PubSub, Topic } from "@google-cloud/pubsub";
import { within } from "../../firmware-config/kit/pause.ts";
import type { BusEvent, EventWriter } from "../bus/port.ts";
import { Credentials } from "./credentials.ts";
import { pubSubError } from "./pubsub-error.ts";

const CLOSING_MS = 5_000;
/** What subscriptions may filter by: Pub/Sub looks at attributes alone. */
const ATTRIBUTES = ["job", "outcome"];

/** Publishes events as JSON to a topic of their own; those about one job in their order. */
export class EventTopic implements EventWriter {
  readonly #topic: Topic;
  readonly #place: string;
  readonly #credentials: Credentials;

  constructor(client: PubSub, topic: string) {
    this.#topic = client.topic(topic, { messageOrdering: true });
    this.#credentials = new Credentials(client);
    this.#place = `topic ${topic} of project ${client.projectId}`;
  }

  async announce(event: BusEvent): Promise<void> {
    const said = Object.entries(event.data).filter(
      ([name, value]) => ATTRIBUTES.includes(name) && typeof value === "string",
    );
    const attributes: Record<string, string> = { ...Object.fromEntries(said), type: event.type };
    const orderingKey = attributes.job ?? event.type;
    try {
      await this.#credentials.found();
      await this.#topic.publishMessage({ data: Buffer.from(JSON.stringify(event)), attributes, orderingKey });
    } catch (error) {
      this.#topic.resumePublishing(orderingKey);
      throw pubSubError(error, { place: this.#place, role: "roles/pubsub.publisher" });
    }
  }

  async close(): Promise<void> {
    await within(CLOSING_MS, this.#topic.flush());
  }
}
