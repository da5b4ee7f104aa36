import { type CreateSubscriptionOptions, PubSub } from "@google-cloud/pubsub";
import { onTestFinished, vi } from "vitest";
import type { BusEnds } from "../../../cloud-ingest/bus/port.ts";
import { openPubSubBus } from "../../../cloud-ingest/pubsub/open-pubsub-bus.ts";
import type { PubSubConfig } from "../../../cloud-ingest/pubsub/pubsub-config.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { tempDir } from "../../support/temp-dir.ts";
import type { BothEnds } from "../bus/bus-suite.ts";

const BOTH: BusEnds = { writes: true, reads: true };
let projects = 0;

vi.stubEnv("METADATA_SERVER_DETECTION", "none");

/** A project of its own with a topic, a subscription and dead letters, at a fake or an emulator, and busses of many processes on it. */
export class PubSubPlace {
  readonly project: string;
  readonly endpoint: string;
  readonly #client: PubSub;

  private constructor(endpoint: string) {
    projects += 1;
    this.project = `kazoe-test-${projects}`;
    this.endpoint = endpoint;
    this.#client = new PubSub({ projectId: this.project, apiEndpoint: endpoint });
  }

  static async make(endpoint: string, over: CreateSubscriptionOptions = {}): Promise<PubSubPlace> {
    const place = new PubSubPlace(endpoint);
    const [topic] = await place.#client.createTopic("traffic");
    const [dead] = await place.#client.createTopic("dead");
    const deadLetterPolicy = { deadLetterTopic: dead.name, maxDeliveryAttempts: 5 };
    await topic.createSubscription("ingest", { enableMessageOrdering: true, deadLetterPolicy, ...over });
    await dead.createSubscription("dead-letters");
    onTestFinished(() => place.close());
    return place;
  }

  get topic(): string {
    return `projects/${this.project}/topics/traffic`;
  }

  get subscription(): string {
    return `projects/${this.project}/subscriptions/ingest`;
  }

  /** As a configuration would say it. */
  options(over: Partial<PubSubConfig> = {}): PubSubConfig {
    return {
      ...{ type: "pubsub", project: this.project, topic: "traffic", subscription: "ingest", maxMb: 10 },
      ...{ through: "nothing", deadLetterSubscription: "dead-letters", emulator: this.endpoint, ...over },
    };
  }

  /** A process's bus, running until it is closed or the test ends. */
  async open(over: Partial<PubSubConfig> = {}) {
    const troubles = new Troubles({ log: silentLog, clock: systemClock });
    const bus = await openPubSubBus(this.options(over), { dataDir: await tempDir(), ends: BOTH, troubles });
    const stop = new AbortController();
    const running = bus.run(stop.signal);
    const close = async () => {
      stop.abort();
      await running;
      await bus.close();
    };
    onTestFinished(close);
    const { writer, reader } = bus;
    if (!writer || !reader) throw new Error("This bus has both ends");
    const ends: BothEnds = { writer, reader, stats: () => bus.stats(), run: async () => {}, close };
    return { ends, troubles };
  }

  /** Publishes what no broker of ours would. */
  async publish(data: string, attributes: Record<string, string> = {}): Promise<void> {
    await this.#client.topic("traffic").publishMessage({ data: Buffer.from(data), attributes });
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
