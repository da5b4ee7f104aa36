import { pause } from "../../firmware-config/kit/pause.ts";
import type { Bus } from "../bus/port.ts";
import type { Troubles } from "../troubles.ts";
import type { Ledger } from "../warehouse/port.ts";
import type { LedgerStore } from "../warehouse/quarantine-port.ts";

const EVERY_MS = 60_000;
/** Looks per round: each narrows down what the messages under way leave open. */
const LOOKS = 20;
const BETWEEN_MS = 250;
/** A warehouse that went back is served again soon; until the bus knows how far, it knows nothing of a difference. */
const SERVING_MS = 1_000;

export interface LedgerWatchParts {
  readonly bus: Pick<Bus, "stats">;
  readonly store: LedgerStore;
  readonly troubles: Troubles;
}

/** The four numbers of the bus's streams, and what they leave open. */
export interface LedgerLook extends Ledger {
  readonly streams: readonly string[];
  readonly acked: number;
  readonly waiting: number;
  /** Differences that an operator has accepted, summed up. */
  readonly accepted: number;
  /** acked - stored - duplicate - quarantined - waiting lies between these, whatever is under way. */
  readonly least: number;
  readonly most: number;
}

/** Says when `acked = stored + duplicate + quarantined + waiting` does not hold for the bus's streams. */
export class LedgerWatch {
  readonly #parts: LedgerWatchParts;
  #difference = 0;
  #hasLookedForStrays = false;

  constructor(parts: LedgerWatchParts) {
    this.#parts = parts;
  }

  /** Acknowledged messages without a trace and without an operator's word; negative when there are more traces. */
  get difference(): number {
    return this.#difference;
  }

  /** Looks once the bus serves, and every minute, until `signal` aborts; a warehouse that does not answer has a trouble of its own. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const isServing = this.#parts.bus.stats().isServing !== false;
      if (isServing) await this.check(signal).catch(() => undefined);
      if (isServing) await this.#sayStrays().catch(() => undefined);
      await pause(isServing ? EVERY_MS : SERVING_MS, signal);
    }
  }

  /** Once, for it does not change: messages that the bus took and knows nothing of, for it comes from a backup or lost files. */
  async #sayStrays(): Promise<void> {
    const { bus, store, troubles } = this.#parts;
    if (this.#hasLookedForStrays) return;
    const strays = await store.strayMessages(bus.stats().streams ?? []);
    this.#hasLookedForStrays = true;
    if (strays === 0) return;
    troubles.raise("inbox-branched", `${strays} messages are stored that this inbox took and does not know of`);
    // Nothing is wrong with what comes from now on, and nobody can undo it.
    troubles.clear("inbox-branched");
  }

  /** Looks until the difference is certain, at most for some seconds; what stays uncertain is no difference. */
  async check(signal: AbortSignal): Promise<LedgerLook> {
    let look = await this.#look();
    for (let count = 1; look.least < look.most && count < LOOKS && !signal.aborted; count++) {
      await pause(BETWEEN_MS, signal);
      look = narrowed(look, await this.#look());
    }
    this.#say(look);
    return look;
  }

  /**
   * A message is acknowledged, then stored, then taken out of the bus. So what has left the bus before the ledger is read
   * cannot be more than the ledger holds, and, if nothing leaves meanwhile, only what waits can be in the ledger already.
   */
  async #look(): Promise<LedgerLook> {
    const { bus, store } = this.#parts;
    const before = bus.stats();
    const { streams = [""] } = before;
    const ledger = await store.streamLedger(streams);
    const accepted = (await store.acceptedDifferences())
      .filter((one) => streams.includes(one.stream))
      .reduce((sum, one) => sum + one.difference, 0);
    const after = bus.stats();
    const traces = ledger.stored + ledger.duplicate + ledger.quarantined;
    const left = before.acked - before.depth;
    const least = left - traces - accepted;
    const isStill = after.acked - after.depth === left && before.streams !== undefined;
    const most = isStill ? least + after.depth : Number.POSITIVE_INFINITY;
    return { ...ledger, streams, acked: before.acked, waiting: before.depth, accepted, least, most };
  }

  #say(look: LedgerLook): void {
    const { troubles } = this.#parts;
    this.#difference = certain(look);
    if (this.#difference === 0) troubles.clear("ledger-difference");
    else troubles.raise("ledger-difference", textOf(look));
  }
}

function textOf(look: LedgerLook): string {
  const { acked, stored, duplicate, quarantined, waiting, accepted } = look;
  const difference = certain(look);
  const sums = `acked ${acked} - stored ${stored} - duplicate ${duplicate} - quarantined ${quarantined} - waiting ${waiting}`;
  const known = accepted === 0 ? "" : `, accepted before ${accepted}`;
  const what =
    difference > 0 ? "acknowledged messages left no trace" : "more messages left a trace than were acknowledged";
  return `${Math.abs(difference)} ${what} (${sums}${known}); see kazoe ledger show`;
}

/** The difference that is there for sure: the least of those that are possible. */
export function certain({ least, most }: Pick<LedgerLook, "least" | "most">): number {
  return least > 0 ? least : Math.min(0, most);
}

/** The difference does not change by itself, so two looks hold together. */
function narrowed(before: LedgerLook, after: LedgerLook): LedgerLook {
  const least = Math.max(before.least, after.least);
  const most = Math.min(before.most, after.most);
  return least <= most ? { ...after, least, most } : after;
}
