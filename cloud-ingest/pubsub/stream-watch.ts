import type { Troubles } from "../troubles.ts";

/** A stream that ends is opened again at once, as happens every now and then; what goes on so often and so long is a fault. */
const FAILURES = 3;
const FAILING_MS = 3_000;
/** Longer than the client and this process ever wait before they try again. */
const CALM_MS = 60_000;

export interface StreamWatchParts {
  readonly troubles: Troubles;
  readonly subscription: string;
}

/** Says whether messages can come from a subscription, by what is seen of its streams: no client tells that one is open. */
export class StreamWatch {
  readonly #parts: StreamWatchParts;
  #failures = 0;
  #sinceMs = 0;
  #lastMs = 0;
  #detached: unknown;

  constructor(parts: StreamWatchParts) {
    this.#parts = parts;
  }

  /** A message came. */
  works(): void {
    this.#failures = 0;
    if (this.#detached !== undefined) this.#raise(this.#detached);
    else this.#parts.troubles.clear("bus-unreadable", this.#parts.subscription);
  }

  /** Nothing new can come, for this reason, though what waited still does; undefined: it can again. */
  detached(why: unknown): void {
    const wasDetached = this.#detached !== undefined;
    this.#detached = why;
    if (why !== undefined || wasDetached) this.works();
  }

  /** A stream ended, and the client opens it again. */
  failed(error: unknown): void {
    this.#note();
    if (this.#failures >= FAILURES && this.#lastMs - this.#sinceMs >= FAILING_MS) this.#raise(error);
  }

  /** The client has given up. */
  gaveUp(error: unknown): void {
    this.#note();
    this.#raise(error);
  }

  /** Called now and then: what has not failed for so long is there again, though nothing came. */
  look(): void {
    if (this.#failures > 0 && performance.now() - this.#lastMs >= CALM_MS) this.works();
  }

  #note(): void {
    this.#lastMs = performance.now();
    if (this.#failures === 0) this.#sinceMs = this.#lastMs;
    this.#failures += 1;
  }

  #raise(error: unknown): void {
    this.#parts.troubles.raise("bus-unreadable", error, this.#parts.subscription);
  }
}
