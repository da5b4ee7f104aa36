import { storeKey } from "../../firmware-config/contract/topics.ts";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { Troubles } from "../troubles.ts";
import type { SilenceStore, StoreInfo, StoreSeen } from "../warehouse/port.ts";

export interface SilenceParts {
  readonly warehouse: SilenceStore;
  readonly stores: readonly StoreInfo[];
  readonly troubles: Troubles;
  readonly clock: Clock;
}

/** How long nothing was heard of a store. */
export interface StoreSilence {
  readonly tenant: string;
  readonly store: string;
  readonly silenceS: number;
}

interface Seen {
  /** When the store was last heard of, by the wall clock of then. */
  readonly lastMs: number;
  /** When this was read first, on the monotonic clock. */
  readonly readMs: number;
}

/** As often as Prometheus scrapes by habit. */
const EVERY_MS = 30_000;

/** More label values would burden Prometheus and help nobody. */
const MAX_STORES = 200;

/** Knows when each store was last heard of, as of the last refresh; a warehouse that cannot be read is a trouble. */
export class Silence {
  readonly #parts: SilenceParts;
  #seen: ReadonlyMap<string, Seen> = new Map();
  #refreshing: Promise<void> | undefined;
  /** On the monotonic clock; when the warehouse could not be read it is due at once. */
  #dueMs = Number.NEGATIVE_INFINITY;

  constructor(parts: SilenceParts) {
    this.#parts = parts;
  }

  /** Refreshes when it is time to. */
  look(): void {
    if (this.#parts.clock.monotonicMs() >= this.#dueMs) void this.refresh();
  }

  /** Asks the warehouse once for all stores; while one question is under way there is no second. Never rejects. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#read().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /** The configured stores that were ever heard of, at most 200. */
  list(): readonly StoreSilence[] {
    const { stores, clock } = this.#parts;
    return stores.slice(0, MAX_STORES).flatMap(({ tenant, store }) => {
      const seen = this.#seen.get(storeKey({ tenant, store }));
      if (!seen) return [];
      const agoMs = clock.nowMs() - seen.lastMs;
      // A time to come was told by our clock while it was ahead: then we only know that nothing came since we read it first.
      return [{ tenant, store, silenceS: (agoMs >= 0 ? agoMs : clock.monotonicMs() - seen.readMs) / 1000 }];
    });
  }

  #known({ tenant, store, lastSeenAt }: StoreSeen): readonly [string, Seen] {
    const key = storeKey({ tenant, store });
    const before = this.#seen.get(key);
    const lastMs = Date.parse(lastSeenAt);
    return [key, before?.lastMs === lastMs ? before : { lastMs, readMs: this.#parts.clock.monotonicMs() }];
  }

  async #read(): Promise<void> {
    const { warehouse, troubles } = this.#parts;
    try {
      const seen = await warehouse.lastSeen();
      this.#seen = new Map(seen.map((one) => this.#known(one)));
      this.#dueMs = this.#parts.clock.monotonicMs() + EVERY_MS;
      troubles.clear("warehouse-unreadable");
    } catch (error) {
      troubles.raise("warehouse-unreadable", error);
    }
  }
}
