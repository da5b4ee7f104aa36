import type { Message, PubSub } from "@google-cloud/pubsub";
import { within } from "../../firmware-config/kit/pause.ts";
import { WakeUp } from "../../firmware-config/kit/wake-up.ts";
import type { BusEntry, BusLimit, BusReader, LastStored } from "../bus/port.ts";
import type { Troubles } from "../troubles.ts";
import { entryOf, type Source } from "./pubsub-entry.ts";
import { SubscriptionFeed } from "./subscription-feed.ts";

/** How long ingest waits for an acknowledgement to be confirmed; what is not comes again, and `eventId` settles it. */
const CONFIRMING_MS = 5_000;

export interface SubscriptionReaderParts {
  readonly client: PubSub;
  readonly sources: readonly Source[];
  readonly troubles: Troubles;
}

interface Delivery {
  readonly message: Message;
  readonly source: Source;
}

/** Reads subscriptions that others may read too. A message is leased until it is acknowledged; a stop hands back what is in hand. */
export class SubscriptionReader implements BusReader {
  readonly #parts: SubscriptionReaderParts;
  /** By the entry itself: whoever publishes can give two messages one name. */
  readonly #inHand = new Map<BusEntry, Delivery>();
  readonly #news = new WakeUp();
  readonly #closing = new AbortController();
  readonly #readings = new Set<Promise<unknown>>();
  #waiting: BusEntry[] = [];
  #bytes = 0;

  constructor(parts: SubscriptionReaderParts) {
    this.#parts = parts;
  }

  /** Deliveries leased and not acknowledged, and their size. */
  get held(): { readonly depth: number; readonly bytes: number } {
    return { depth: this.#inHand.size, bytes: this.#bytes };
  }

  async *batches(_: LastStored | undefined, limit: BusLimit, signal: AbortSignal): AsyncGenerator<readonly BusEntry[]> {
    // Whoever reads nothing must lease nothing: to hand it back is a delivery attempt.
    if (signal.aborted) return;
    const stop = new AbortController();
    const reading = this.#read(limit, stop.signal);
    this.#readings.add(reading);
    const end = AbortSignal.any([signal, this.#closing.signal]);
    try {
      while (!end.aborted) {
        const batch = this.#take(limit);
        if (batch.length > 0) yield batch;
        else await this.#news.wait(end);
      }
    } finally {
      stop.abort();
      await reading;
      this.#readings.delete(reading);
    }
  }

  /** Acknowledges; one whose lease ran out comes again, and `eventId` settles it. */
  async ack(batch: readonly BusEntry[]): Promise<void> {
    const messages = batch.flatMap((entry) => this.#letGo(entry)?.message ?? []);
    await within(CONFIRMING_MS, Promise.allSettled(messages.map((message) => message.ackWithResponse())));
  }

  /** Ends all reading and hands back what is in hand. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#readings);
  }

  /** All sources, each by itself, until the signal aborts or this closes. */
  async #read(limit: BusLimit, signal: AbortSignal): Promise<void> {
    const end = AbortSignal.any([signal, this.#closing.signal]);
    const { sources, client, troubles } = this.#parts;
    const feeds = sources.map((source) => {
      const onMessage = (message: Message) => this.#came(message, source);
      const onEnd = () => this.#dropAllOf(source);
      return new SubscriptionFeed({ client, troubles, subscription: source.subscription, onMessage, onEnd });
    });
    await Promise.all(feeds.map((feed) => feed.run(limit, end)));
  }

  #came(message: Message, source: Source): void {
    const entry = entryOf(message, source);
    this.#inHand.set(entry, { message, source });
    this.#bytes += message.length;
    this.#waiting.push(entry);
    this.#news.notify();
  }

  #letGo(entry: BusEntry): Delivery | undefined {
    const delivery = this.#inHand.get(entry);
    this.#inHand.delete(entry);
    this.#bytes -= delivery?.message.length ?? 0;
    return delivery;
  }

  /** Its subscription takes them back. */
  #dropAllOf(source: Source): void {
    for (const [entry, delivery] of this.#inHand) if (delivery.source === source) this.#letGo(entry);
    this.#waiting = this.#waiting.filter((entry) => this.#inHand.has(entry));
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
