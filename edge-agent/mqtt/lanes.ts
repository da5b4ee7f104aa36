import type { Outbox, OutboxEntry } from "../outbox/outbox.ts";

/** An entry on its way, and whether it comes from the backlog. */
export interface Outgoing extends OutboxEntry {
  readonly historical: boolean;
}

const LANE_READ = 256;

/** The outbox's entries in order, read some at a time. */
class Lane {
  readonly #outbox: Pick<Outbox, "read">;
  #cursor: number;
  #entries: readonly OutboxEntry[] = [];
  #at = 0;

  constructor(outbox: Pick<Outbox, "read">, afterId: number) {
    this.#outbox = outbox;
    this.#cursor = afterId;
  }

  /** The next entry with an id up to `throughId`. */
  async next(throughId = Number.POSITIVE_INFINITY): Promise<OutboxEntry | undefined> {
    if (this.#cursor >= throughId) return undefined;
    if (this.#at === this.#entries.length) {
      this.#entries = await this.#outbox.read(this.#cursor, LANE_READ);
      this.#at = 0;
    }
    const entry = this.#entries[this.#at];
    if (!entry || entry.id > throughId) return undefined;
    this.#at += 1;
    this.#cursor = entry.id;
    return entry;
  }
}

/** Hands out the outbox's entries once each per connection: live ones first, the backlog beside them at a limited rate. */
export class Lanes {
  readonly #live: Lane;
  readonly #backlog: Lane;
  readonly #lastBacklogId: number;
  readonly #replayPerS: number;
  #allowance: number;
  #refilledAtMs: number;

  /** Everything that is in the outbox now is backlog; what comes later is live. */
  constructor(outbox: Pick<Outbox, "read" | "lastId">, replayPerS: number, nowMs: number) {
    this.#lastBacklogId = outbox.lastId;
    this.#live = new Lane(outbox, outbox.lastId);
    this.#backlog = new Lane(outbox, 0);
    this.#replayPerS = replayPerS;
    this.#allowance = replayPerS;
    this.#refilledAtMs = nowMs;
  }

  /** The next entry to send, or undefined when there is none, or none yet. */
  async next(nowMs: number): Promise<Outgoing | undefined> {
    const live = await this.#live.next();
    if (live) return { ...live, historical: false };
    this.#refill(nowMs);
    if (this.#allowance < 1) return undefined;
    const old = await this.#backlog.next(this.#lastBacklogId);
    if (!old) return undefined;
    this.#allowance -= 1;
    return { ...old, historical: true };
  }

  /** True while the rate limit, not the lack of entries, holds the backlog back. */
  get throttled(): boolean {
    return this.#allowance < 1;
  }

  #refill(nowMs: number): void {
    const earned = ((nowMs - this.#refilledAtMs) / 1000) * this.#replayPerS;
    this.#allowance = Math.min(this.#replayPerS, this.#allowance + Math.max(0, earned));
    this.#refilledAtMs = nowMs;
  }
}
