import type { Clock } from "../firmware-config/kit/clock.ts";
import { messageOf } from "../firmware-config/kit/errors.ts";
import type { Log } from "../firmware-config/kit/log.ts";
import type { Registry } from "./registry/registry.ts";
import { type Premises, UNKNOWN_PREMISES } from "./report/occupancy/premises.ts";
import type { StoreInfo } from "./warehouse/port.ts";

/** How old what is known of the registry may be: it is read again after an edit, and not for every page. */
const FRESH_MS = 60_000;

interface Parts {
  readonly registry: () => Promise<Registry>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Tells the report what the registry says of shops. A registry that cannot be read costs no page: what was known before holds on. */
export class PremisesBook {
  readonly #parts: Parts;
  #known: Registry | undefined;
  #readMs = Number.NEGATIVE_INFINITY;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async of(store: Pick<StoreInfo, "tenant" | "store">): Promise<Premises> {
    const registry = await this.#registry();
    if (!registry) return UNKNOWN_PREMISES;
    return {
      doors: registry.doorList(store),
      hours: (date) => registry.day(store, date).hours,
      names: (date) => {
        const { holiday, events } = registry.day(store, date);
        return {
          ...(holiday !== undefined && { holiday }),
          ...(events[0] !== undefined && { event: events.join(", ") }),
        };
      },
    };
  }

  async #registry(): Promise<Registry | undefined> {
    const { clock, registry, log } = this.#parts;
    if (clock.monotonicMs() - this.#readMs < FRESH_MS) return this.#known;
    this.#readMs = clock.monotonicMs();
    try {
      this.#known = await registry();
    } catch (error) {
      log.warn({ reason: messageOf(error) }, "the registry cannot be read; pages go by what was known of it");
    }
    return this.#known;
  }
}
