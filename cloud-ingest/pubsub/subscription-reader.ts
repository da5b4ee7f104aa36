import { Duration, type Message, type PubSub, type Subscription } from "@google-cloud/pubsub";
import { backOffMs, pause } from "../../firmware-config/kit/pause.ts";
import { WakeUp } from "../../firmware-config/kit/wake-up.ts";
import type { BusEntry, BusLimit, BusReader, LastStored } from "../bus/port.ts";
import type { Troubles } from "../troubles.ts";
import { entryOf } from "./pubsub-entry.ts";
import { pubSubError } from "./pubsub-error.ts";

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
/** A warehouse may be away for hours; then Pub/Sub hands the messages to whoever comes. */
const LONGEST_LEASE = Duration.from({ hours: 1 });
/** So many batches are fetched while one is stored. */
const BATCHES_AHEAD = 2;
const CALM_MS = 60_000;
/** Enough for the last acknowledgements of a stop, and to hand back what is left. */
const CLOSING = Duration.from({ seconds: 5 });

/** A subscription, and why all that comes from it goes to quarantine, if it does. */
export interface Source {
  readonly subscription: string;
  readonly unusable?: string;
}

export interface SubscriptionReaderParts {
  readonly client: PubSub;
  readonly sources: readonly Source[];
  readonly troubles: Troubles;
}

/** Reads subscriptions that others may read too. A message is leased until it is acknowledged; a stop hands back what is in hand. */
export class SubscriptionReader implements BusReader {
  readonly #parts: SubscriptionReaderParts;
  readonly #waiting: BusEntry[] = [];
  readonly #inHand = new Map<string, readonly Message[]>();
  readonly #news = new WakeUp();
  #bytes = 0;
  #fault: unknown;

  constructor(parts: SubscriptionReaderParts) {
    this.#parts = parts;
  }

  /** Messages leased and not acknowledged, and the size of all deliveries. */
  get held(): { readonly depth: number; readonly bytes: number } {
    return { depth: this.#inHand.size, bytes: this.#bytes };
  }

  async *batches(_: LastStored | undefined, limit: BusLimit, signal: AbortSignal): AsyncGenerator<readonly BusEntry[]> {
    const { troubles } = this.#parts;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const open = this.#open(limit);
      try {
        for await (const batch of this.#opened(limit, signal)) {
          attempt = 0;
          troubles.clear("bus-unreadable");
          yield batch;
        }
      } finally {
        await this.#close(open);
      }
      if (this.#fault === undefined) continue;
      troubles.raise("bus-unreadable", this.#fault);
      this.#fault = undefined;
      await pause(backOffMs(attempt, FIRST_RETRY_MS, LONGEST_RETRY_MS), signal);
    }
  }

  /** Acknowledges; one whose lease ran out comes again, and `eventId` settles it. */
  async ack(batch: readonly BusEntry[]): Promise<void> {
    const messages = batch.flatMap(({ id }) => this.#letGo(id));
    await Promise.allSettled(messages.map((message) => message.ackWithResponse()));
  }

  /** Until a stream fails for good or the signal aborts. */
  async *#opened(limit: BusLimit, signal: AbortSignal): AsyncGenerator<readonly BusEntry[]> {
    while (!signal.aborted && this.#fault === undefined) {
      const batch = this.#take(limit);
      if (batch.length > 0) yield batch;
      else await this.#wait(signal);
    }
  }

  /** For news; a stream that lives so long without a fault is there again, though nothing came. */
  async #wait(signal: AbortSignal): Promise<void> {
    const sinceMs = performance.now();
    await this.#news.wait(signal, CALM_MS);
    if (performance.now() - sinceMs >= CALM_MS) this.#parts.troubles.clear("bus-unreadable");
  }

  #open({ maxMessages, maxBytes }: BusLimit): readonly Subscription[] {
    const { client, sources } = this.#parts;
    return sources.map(({ subscription: name, unusable }) => {
      const subscription = client.subscription(name, {
        flowControl: {
          maxMessages: BATCHES_AHEAD * maxMessages,
          maxBytes: BATCHES_AHEAD * maxBytes,
          allowExcessMessages: false,
        },
        maxExtensionTime: LONGEST_LEASE,
        streamingOptions: { maxStreams: 1 },
        closeOptions: { behavior: "NACK", timeout: CLOSING },
      });
      const place = `subscription ${name} of project ${client.projectId}`;
      subscription.on("message", (message) => this.#came(message, unusable));
      subscription.on("error", (error) => this.#failed(pubSubError(error, { place, role: "roles/pubsub.subscriber" })));
      return subscription;
    });
  }

  async #close(open: readonly Subscription[]): Promise<void> {
    for (const subscription of open) subscription.removeAllListeners("message");
    this.#waiting.length = 0;
    this.#inHand.clear();
    this.#bytes = 0;
    await Promise.allSettled(open.map((subscription) => subscription.close()));
  }

  #came(message: Message, unusable: string | undefined): void {
    const entry = entryOf(message, unusable);
    this.#inHand.set(entry.id, [...(this.#inHand.get(entry.id) ?? []), message]);
    this.#bytes += message.length;
    this.#waiting.push(entry);
    this.#news.notify();
  }

  #failed(error: unknown): void {
    this.#fault ??= error;
    this.#news.notify();
  }

  /** All deliveries of that message: what is stored once need not come again. */
  #letGo(id: string): readonly Message[] {
    const messages = this.#inHand.get(id) ?? [];
    this.#inHand.delete(id);
    for (const message of messages) this.#bytes -= message.length;
    return messages;
  }

  /** The oldest that wait, up to the limit but at least one. */
  #take({ maxMessages, maxBytes }: BusLimit): readonly BusEntry[] {
    let bytes = 0;
    let count = 0;
    while (count < Math.min(maxMessages, this.#waiting.length)) {
      bytes += this.#waiting[count]?.message.payload.length ?? 0;
      if (bytes > maxBytes && count > 0) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }
}
