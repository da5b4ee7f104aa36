import { Readable } from "node:stream";
import { MAX_PAYLOAD_BYTES } from "../../firmware-config/contract/envelope.ts";
import { ownCopy } from "./own-copy.ts";

/** Of all devices together: 20,000 of them with the 3 KB that their three retained messages have. */
const MAX_RETAINED_BYTES = 64 * 1024 * 1024;
/** What a packet and its place in the map cost beside topic and payload. */
const ENTRY_BYTES = 512;

interface RetainedPacket {
  readonly topic: string;
  readonly payload: Buffer;
}

export interface RetainedLimits {
  /** Of one payload; the contract's. */
  readonly payloadBytes: number;
  /** Of all together. */
  readonly totalBytes: number;
}

/**
 * What aedes keeps beyond a connection, as its persistence (the methods are those of the package aedes-persistence): retained messages up
 * to a limit, the longest unchanged going first, and nothing else. Sessions end with their connection, QoS 2 is not taken, and wills
 * live in their connection: so there are no subscriptions, queues or packets of absent devices that could grow.
 */
export class SessionStore {
  readonly #limits: RetainedLimits;
  readonly #retained = new Map<string, RetainedPacket>();
  #bytes = 0;

  constructor(limits: Partial<RetainedLimits> = {}) {
    this.#limits = { payloadBytes: MAX_PAYLOAD_BYTES, totalBytes: MAX_RETAINED_BYTES, ...limits };
  }

  /** Retained messages, and what they hold of memory. */
  get retained(): { readonly count: number; readonly bytes: number } {
    return { count: this.#retained.size, bytes: this.#bytes };
  }

  /** Keeps the message in place of the one before it; an empty payload removes that (MQTT 3.1.1, 3.3.1.3), and so does one too large. */
  async storeRetained(packet: RetainedPacket): Promise<void> {
    this.#remove(packet.topic);
    const { length } = packet.payload;
    if (length === 0 || length > this.#limits.payloadBytes) return;
    this.#retained.set(packet.topic, { ...packet, payload: ownCopy(packet.payload) });
    this.#bytes += sizeOf(packet);
    for (const topic of this.#retained.keys()) {
      if (this.#bytes <= this.#limits.totalBytes) break;
      this.#remove(topic);
    }
  }

  /** No filter that may be subscribed to has a wildcard, so each names one message at most. */
  createRetainedStreamCombi(filters: readonly string[]): Readable {
    return Readable.from(filters.flatMap((filter) => this.#retained.get(filter) ?? []));
  }

  async setup(): Promise<void> {}
  async destroy(): Promise<void> {}
  async addSubscriptions(): Promise<void> {}
  async removeSubscriptions(): Promise<void> {}
  async cleanSubscriptions(): Promise<void> {}
  async subscriptionsByClient(): Promise<readonly never[]> {
    return [];
  }
  async subscriptionsByTopic(): Promise<readonly never[]> {
    return [];
  }
  async outgoingEnqueue(): Promise<void> {}
  async outgoingEnqueueCombi(): Promise<void> {}
  async outgoingUpdate(): Promise<void> {}
  async outgoingClearMessageId(): Promise<void> {}
  outgoingStream(): Readable {
    return Readable.from([]);
  }
  async putWill(): Promise<void> {}
  async delWill(): Promise<void> {}
  streamWill(): Readable {
    return Readable.from([]);
  }

  #remove(topic: string): void {
    const old = this.#retained.get(topic);
    if (!old) return;
    this.#retained.delete(topic);
    this.#bytes -= sizeOf(old);
  }
}

const sizeOf = ({ topic, payload }: RetainedPacket) => topic.length + payload.length + ENTRY_BYTES;
