import { type DebugMessage, Duration, type Message, type PubSub, type Subscription } from "@google-cloud/pubsub";
import { backOffMs, pause } from "../../firmware-config/kit/pause.ts";
import { WakeUp } from "../../firmware-config/kit/wake-up.ts";
import type { BusLimit } from "../bus/port.ts";
import type { Troubles } from "../troubles.ts";
import { Credentials } from "./credentials.ts";
import { DELETED_TOPIC, detachedError, pubSubError } from "./pubsub-error.ts";
import { StreamWatch } from "./stream-watch.ts";

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
/** As long as Pub/Sub keeps a message by default: to hand back what no warehouse takes makes it a dead letter. */
const LONGEST_LEASE = Duration.from({ hours: 7 * 24 });
/** So many batches are fetched while one is stored. */
const BATCHES_AHEAD = 2;
/** Until a connection is there; the client waits for it even after it is closed. */
const CONNECTING_MS = 5_000;
/** Of an acknowledgement or an extension; the timer of one that is under way at the end keeps the process. */
const ANSWER_MS = 5_000;
const LONGEST_STREAM_RETRY = Duration.from({ seconds: 10 });
/** Enough for the last acknowledgements of a stop, and to hand back what is left. */
const CLOSING = Duration.from({ seconds: 5 });
const LOOK_MS = 1_000;
/** Between two looks at what topic a subscription has. */
const TOPIC_LOOK_MS = 60_000;
/**
 * What is under way when a subscription is closed stays leased until its deadline. Nothing is under way any more when nothing came in
 * so many looks, for more than is asked for does not come; and after so long it is closed anyhow. Looks and not time alone, for a busy
 * process reads nothing meanwhile.
 */
const QUIET_LOOKS = 10;
const QUIET_LOOK_MS = 50;
const SETTLING_MS = 3_000;

export interface SubscriptionFeedParts {
  readonly client: PubSub;
  readonly subscription: string;
  readonly troubles: Troubles;
  onMessage(message: Message): void;
  /** All that came so far is handed back now. */
  onEnd(): void;
  /** Between two looks at its topic. */
  readonly topicLookMs?: number;
}

/** Keeps one subscription open, whatever becomes of the others, and says when it cannot be read. */
export class SubscriptionFeed {
  readonly #parts: SubscriptionFeedParts;
  readonly #watch: StreamWatch;
  readonly #credentials: Credentials;

  constructor(parts: SubscriptionFeedParts) {
    this.#parts = parts;
    this.#watch = new StreamWatch(parts);
    this.#credentials = new Credentials(parts.client);
  }

  /** Until the signal aborts; what is not acknowledged is handed back before it resolves. */
  async run(limit: BusLimit, signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      if (await this.#readWithCredentials(limit, signal)) attempt = 0;
      await pause(backOffMs(attempt, FIRST_RETRY_MS, LONGEST_RETRY_MS), signal);
    }
  }

  async #readWithCredentials(limit: BusLimit, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#credentials.found();
    } catch (error) {
      this.#watch.gaveUp(this.#errorOf(error));
      return false;
    }
    return this.#read(limit, signal);
  }

  /** Until the client gives up or the signal aborts; true when a message came. */
  async #read(limit: BusLimit, signal: AbortSignal): Promise<boolean> {
    const { client, onMessage, onEnd } = this.#parts;
    const subscription = client.subscription(this.#parts.subscription, optionsOf(limit));
    const end = new WakeUp();
    let [isOpen, hasWorked, count] = [true, false, 0];
    let closed: Promise<void> | undefined;
    subscription.on("error", (error) => {
      if (isOpen) this.#watch.gaveUp(this.#errorOf(error));
      isOpen = false;
      // Now, or the client closes by itself and nobody can wait for that.
      closed ??= close(subscription);
      end.notify();
    });
    subscription.on("debug", (said: DebugMessage) => isOpen && this.#heed(said));
    subscription.on("message", (message) => {
      count += 1;
      // What comes while it closes is handed back with all others: the client has it in its hands too.
      if (!isOpen) return;
      hasWorked = true;
      this.#watch.works();
      onMessage(message);
    });
    const { topicLookMs = TOPIC_LOOK_MS } = this.#parts;
    for (let lookedMs = Number.NEGATIVE_INFINITY; isOpen && !signal.aborted; ) {
      if (performance.now() - lookedMs >= topicLookMs) {
        lookedMs = performance.now();
        void this.#lookAtTopic(subscription);
      }
      await end.wait(signal, Math.min(LOOK_MS, topicLookMs));
      this.#watch.look();
    }
    isOpen = false;
    onEnd();
    if (!closed) await settled(() => count);
    await (closed ?? close(subscription));
    return hasWorked;
  }

  /** A subscription whose topic was deleted gets nothing more, and no error says so; who may not look at it learns nothing. */
  async #lookAtTopic(subscription: Subscription): Promise<void> {
    try {
      const [{ topic }] = await subscription.getMetadata({ timeout: ANSWER_MS, retry: null });
      const { client, subscription: name } = this.#parts;
      this.#watch.detached(topic === DELETED_TOPIC ? detachedError(name, client.projectId) : undefined);
    } catch {
      // The stream says what is wrong.
    }
  }

  /** The client has no other word for it that a stream ended; of acknowledgements it speaks here too. */
  #heed({ message, error }: DebugMessage): void {
    if (message.startsWith("Subscriber stream")) this.#watch.failed(this.#errorOf(error));
  }

  #errorOf(error: unknown) {
    const { client, subscription } = this.#parts;
    const place = `subscription ${subscription} of project ${client.projectId}`;
    return pubSubError(error, { place, role: "roles/pubsub.subscriber" });
  }
}

function optionsOf({ maxMessages, maxBytes }: BusLimit): Parameters<PubSub["subscription"]>[1] {
  return {
    flowControl: {
      maxMessages: BATCHES_AHEAD * maxMessages,
      maxBytes: BATCHES_AHEAD * maxBytes,
      allowExcessMessages: false,
    },
    maxExtensionTime: LONGEST_LEASE,
    batching: { callOptions: { timeout: ANSWER_MS } },
    streamingOptions: { maxStreams: 1, timeout: CONNECTING_MS, retryMaxBackoff: LONGEST_STREAM_RETRY },
    closeOptions: { behavior: "NACK", timeout: CLOSING },
  };
}

/** Resolves when nothing more comes, as told by how many came. */
async function settled(countNow: () => number): Promise<void> {
  const end = AbortSignal.timeout(SETTLING_MS);
  for (let looks = 0; looks < QUIET_LOOKS && !end.aborted; ) {
    const count = countNow();
    await pause(QUIET_LOOK_MS, end);
    looks = countNow() === count ? looks + 1 : 0;
  }
}

/** Hands back all that is not acknowledged. Its listeners stay, for without one the client closes by itself too. */
async function close(subscription: Subscription): Promise<void> {
  await subscription.close().catch(() => {});
}
