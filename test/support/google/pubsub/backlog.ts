import type { Clock } from "../../../../firmware-config/kit/clock.ts";
import { type Bury, type Holder, hasRoom, type Lease, type Outcome } from "./lease.ts";
import { sizeOf } from "./publish-rules.ts";
import { durationMs, type PubSubMessage, type SubscriptionSettings } from "./resources.ts";

interface Entry {
  readonly message: PubSubMessage;
  /** Its place among all that were ever offered. */
  readonly at: number;
  state: "waiting" | "leased" | "acked";
  attempts: number;
  notBeforeMs: number;
}

interface Held extends Lease {
  readonly entry: Entry;
  readonly holder: Holder;
  expiresAtMs: number;
}

/** Who holds messages of a key now, and how many. */
interface KeyHolder {
  readonly holder: Holder;
  readonly count: number;
}

const DEFAULT_BACKOFF_MS = { least: 10_000, most: 600_000 };
/** After so many acknowledged messages the list of all is shortened. */
const PORTION = 10_000;

/** What one subscription still has to deliver: leases that expire, order within a key, attempts, dead letters. */
export class Backlog {
  settings: SubscriptionSettings;
  readonly #clock: Clock;
  readonly #bury: Bury;
  readonly #entries = new Map<string, Entry>();
  readonly #byKey = new Map<string, Entry[]>();
  readonly #held = new Map<string, Held>();
  readonly #keyHolders = new Map<string, KeyHolder>();
  readonly #ackedIds = new Set<string>();
  /** All from place `#base` on, in their order; before place `#firstWaiting` none waits. A million may wait, so nobody walks over all. */
  #order: Entry[] = [];
  #base = 0;
  #firstWaiting = 0;
  #unacked = 0;
  #dropped = 0;
  /** No lease runs out before. */
  #nextExpiryMs = Number.POSITIVE_INFINITY;
  #retained: Entry[] = [];
  #nextAckId = 1;

  constructor(settings: SubscriptionSettings, clock: Clock, bury: Bury) {
    this.settings = settings;
    this.#clock = clock;
    this.#bury = bury;
  }

  /** Messages handed out now. */
  leases(): readonly Lease[] {
    return [...this.#held.values()];
  }

  /** Messages not acknowledged, those handed out too. */
  unacked(): readonly PubSubMessage[] {
    return [...this.#entries.values()].filter(({ state }) => state !== "acked").map(({ message }) => message);
  }

  /** How many messages are not acknowledged. */
  get unackedCount(): number {
    return this.#unacked;
  }

  offer(message: PubSubMessage): void {
    const at = this.#base + this.#order.length;
    const entry: Entry = { message, at, state: "waiting", attempts: 0, notBeforeMs: 0 };
    this.#order.push(entry);
    this.#unacked += 1;
    this.#entries.set(message.messageId, entry);
    const key = this.#keyOf(entry);
    if (!key) return;
    const list = this.#byKey.get(key);
    if (list) list.push(entry);
    else this.#byKey.set(key, [entry]);
  }

  /** Hands out up to `limit` messages, as far as the holder has room. */
  take(holder: Holder, limit: number, deadlineS: number): readonly Lease[] {
    const taken: Lease[] = [];
    const closedKeys = new Set<string>();
    this.#skipFront();
    for (let at = this.#firstWaiting - this.#base; at < this.#order.length; at += 1) {
      if (taken.length >= limit || !hasRoom(holder)) break;
      const entry = this.#order[at];
      if (entry?.state !== "waiting") continue;
      const key = this.#keyOf(entry);
      if (this.#isReady(entry) && !(key && closedKeys.has(key)) && this.#isFreeFor(holder, key)) {
        taken.push(this.#lease(entry, holder, deadlineS));
      } else if (key) closedKeys.add(key);
    }
    return taken;
  }

  ack(ackIds: readonly string[]): Outcome {
    return this.#each(ackIds, (held) => {
      this.#letGo(held);
      this.#ackedIds.add(held.ackId);
      this.#finish(held.entry);
    });
  }

  /** A deadline of 0 gives the message back. */
  modify(ackIds: readonly string[], seconds: readonly number[]): Outcome {
    const secondsOf = new Map(ackIds.map((id, index) => [id, seconds[index] ?? seconds[0] ?? 0]));
    return this.#each(ackIds, (held) => {
      const given = secondsOf.get(held.ackId) ?? 0;
      if (given === 0) this.#giveBack(held);
      else this.#expireAt(held, this.#clock.monotonicMs() + given * 1000);
    });
  }

  /** Gives back what has been held for too long; `all` whatever the clock says. True when something was. */
  expire(all = false): boolean {
    const now = this.#clock.monotonicMs();
    if (!all && now < this.#nextExpiryMs) return false;
    const late = [...this.#held.values()].filter(({ expiresAtMs }) => all || expiresAtMs <= now);
    for (const held of late) if (this.#held.has(held.ackId)) this.#giveBack(held);
    this.#nextExpiryMs = Number.POSITIVE_INFINITY;
    for (const held of this.#held.values()) this.#expireAt(held, held.expiresAtMs);
    return late.length > 0;
  }

  #expireAt(held: Held, atMs: number): void {
    held.expiresAtMs = atMs;
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, atMs);
  }

  /** As Seek: what is older counts as acknowledged; what is younger comes again, where it was retained. */
  seek(timeMs: number): void {
    for (const held of [...this.#held.values()]) this.#letGo(held);
    const all = [...this.#retained, ...this.#entries.values()].sort(
      (a, b) =>
        a.message.publishTimeMs - b.message.publishTimeMs || Number(a.message.messageId) - Number(b.message.messageId),
    );
    this.#retained = [];
    this.#entries.clear();
    this.#byKey.clear();
    this.#order = [];
    this.#firstWaiting = this.#base;
    this.#unacked = 0;
    for (const entry of all) {
      if (entry.message.publishTimeMs < timeMs) this.#retain(entry);
      else this.offer(entry.message);
    }
  }

  #skipFront(): void {
    while (this.#firstWaiting - this.#base < this.#order.length) {
      if (this.#order[this.#firstWaiting - this.#base]?.state === "waiting") break;
      this.#firstWaiting += 1;
    }
  }

  /** What lies before the oldest that is kept is let go. */
  #letFrontGo(): void {
    const oldest = this.#order.findIndex(({ message }) => this.#entries.has(message.messageId));
    const gone = oldest < 0 ? this.#order.length : oldest;
    this.#order = this.#order.slice(gone);
    this.#base += gone;
    this.#firstWaiting = Math.max(this.#firstWaiting, this.#base);
  }

  #isReady(entry: Entry): boolean {
    return entry.notBeforeMs <= this.#clock.monotonicMs();
  }

  #keyOf(entry: Entry): string {
    return this.settings.enableMessageOrdering ? entry.message.orderingKey : "";
  }

  /** While messages of a key are out, more of that key go to the same holder only. */
  #isFreeFor(holder: Holder, key: string): boolean {
    const out = this.#keyHolders.get(key);
    return out === undefined || out.holder === holder;
  }

  #lease(entry: Entry, holder: Holder, deadlineS: number): Lease {
    entry.state = "leased";
    entry.attempts += 1;
    this.#countHeld(this.#keyOf(entry), holder, 1);
    holder.heldMessages += 1;
    holder.heldBytes += sizeOf(entry.message);
    const ackId = `ack-${this.#nextAckId++}-${entry.message.messageId}`;
    const expiresAtMs = this.#clock.monotonicMs() + deadlineS * 1000;
    const held: Held = { ackId, message: entry.message, attempt: entry.attempts, expiresAtMs, entry, holder };
    this.#held.set(ackId, held);
    this.#expireAt(held, expiresAtMs);
    return held;
  }

  #each(ackIds: readonly string[], act: (held: Held) => void): Outcome {
    const good: string[] = [];
    const invalid: string[] = [];
    for (const id of ackIds) {
      const held = this.#held.get(id);
      if (held) act(held);
      if (held || this.#ackedIds.has(id)) good.push(id);
      else invalid.push(id);
    }
    return { good, invalid };
  }

  #countHeld(key: string, holder: Holder, change: 1 | -1): void {
    if (!key) return;
    const count = (this.#keyHolders.get(key)?.count ?? 0) + change;
    if (count > 0) this.#keyHolders.set(key, { holder, count });
    else this.#keyHolders.delete(key);
  }

  #letGo({ ackId, holder, message, entry }: Held): void {
    this.#held.delete(ackId);
    this.#countHeld(this.#keyOf(entry), holder, -1);
    holder.heldMessages -= 1;
    holder.heldBytes -= sizeOf(message);
  }

  /** Acknowledged. In an ordered key it is kept until all before it are, since it may have to come again with them. */
  #finish(entry: Entry): void {
    entry.state = "acked";
    this.#unacked -= 1;
    const list = this.#byKey.get(this.#keyOf(entry));
    if (!list) this.#drop(entry);
    while (list?.[0]?.state === "acked") {
      const first = list.shift();
      if (first) this.#drop(first);
    }
    if (list?.length === 0) this.#byKey.delete(this.#keyOf(entry));
  }

  #drop(entry: Entry): void {
    this.#entries.delete(entry.message.messageId);
    this.#dropped += 1;
    if (this.#dropped % PORTION === 0) this.#letFrontGo();
    this.#retain(entry);
  }

  #retain(entry: Entry): void {
    if (this.settings.retainAckedMessages) this.#retained.push(entry);
  }

  #giveBack(held: Held): void {
    this.#letGo(held);
    const { entry } = held;
    this.#wait(entry);
    this.#rewindAfter(entry);
    const most = this.settings.deadLetterPolicy?.maxDeliveryAttempts ?? Number.POSITIVE_INFINITY;
    if (entry.attempts >= most && this.#bury(entry.message, entry.attempts)) this.#finish(entry);
  }

  #wait(entry: Entry): void {
    this.#toWaiting(entry);
    entry.notBeforeMs = this.#clock.monotonicMs() + this.#backoffMs(entry.attempts);
  }

  /** Order within a key: with a message come again all after it, the acknowledged ones too unless each is delivered once. */
  #rewindAfter(entry: Entry): void {
    const list = this.#byKey.get(this.#keyOf(entry)) ?? [];
    const after = new Set(list.slice(list.indexOf(entry) + 1));
    for (const held of [...this.#held.values()]) if (after.has(held.entry)) this.#letGo(held);
    for (const later of after) {
      if (later.state === "acked" && this.settings.enableExactlyOnceDelivery) continue;
      this.#toWaiting(later);
    }
  }

  #toWaiting(entry: Entry): void {
    if (entry.state === "acked") this.#unacked += 1;
    entry.state = "waiting";
    this.#firstWaiting = Math.min(this.#firstWaiting, entry.at);
  }

  #backoffMs(attempts: number): number {
    const policy = this.settings.retryPolicy;
    if (!policy) return 0;
    const least = durationMs(policy.minimumBackoff, DEFAULT_BACKOFF_MS.least);
    return Math.min(least * 2 ** (attempts - 1), durationMs(policy.maximumBackoff, DEFAULT_BACKOFF_MS.most));
  }
}
