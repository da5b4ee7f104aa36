import type { Outbox, OutboxEntry } from "../outbox/outbox.ts";

/** An entry on its way, and whether it comes from the backlog. */
export interface Outgoing extends OutboxEntry {
  readonly historical: boolean;
}

const LANE_READ = 256;

/** Hands out the outbox's entries once each per connection: live ones first, the backlog beside them at a limited rate. */
export class Lanes {
  readonly #outbox: Outbox;
  readonly #replayPerS: number;
  readonly #lastBacklogId: number;
  #liveCursor: number;
  #backlogCursor = 0;
  #live: readonly OutboxEntry[] = [];
  #backlog: readonly OutboxEntry[] = [];
  #allowance: number;
  #refilledAtMs: number;

  /** Everything that is in the outbox now is backlog; what comes later is live. */
  constructor(outbox: Outbox, replayPerS: number, nowMs: number) {
    this.#outbox = outbox;
    this.#replayPerS = replayPerS;
    this.#lastBacklogId = outbox.lastId;
    this.#liveCursor = outbox.lastId;
    this.#allowance = replayPerS;
    this.#refilledAtMs = nowMs;
  }

  /** The next entry to send, or undefined when there is none, or none yet. */
  async next(nowMs: number): Promise<Outgoing | undefined> {
    const live = await this.#nextLive();
    if (live) return { ...live, historical: false };
    this.#refill(nowMs);
    if (this.#allowance < 1) return undefined;
    const old = await this.#nextBacklog();
    if (!old) return undefined;
    this.#allowance -= 1;
    return { ...old, historical: true };
  }

  /** True while the rate limit, not the lack of entries, holds the backlog back. */
  get throttled(): boolean {
    return this.#allowance < 1;
  }

  async #nextLive(): Promise<OutboxEntry | undefined> {
    if (this.#live.length === 0) this.#live = await this.#outbox.read(this.#liveCursor, LANE_READ);
    const [first, ...rest] = this.#live;
    this.#live = rest;
    if (first) this.#liveCursor = first.id;
    return first;
  }

  async #nextBacklog(): Promise<OutboxEntry | undefined> {
    if (this.#backlog.length === 0) this.#backlog = await this.#outbox.read(this.#backlogCursor, LANE_READ);
    const [first, ...rest] = this.#backlog;
    if (!first || first.id > this.#lastBacklogId) return undefined;
    this.#backlog = rest;
    this.#backlogCursor = first.id;
    return first;
  }

  #refill(nowMs: number): void {
    const earned = ((nowMs - this.#refilledAtMs) / 1000) * this.#replayPerS;
    this.#allowance = Math.min(this.#replayPerS, this.#allowance + Math.max(0, earned));
    this.#refilledAtMs = nowMs;
  }
}
