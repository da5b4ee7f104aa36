import { AppError } from "../../firmware-config/kit/errors.ts";
import { backOffMs, pause } from "../../firmware-config/kit/pause.ts";
import { WakeUp } from "../../firmware-config/kit/wake-up.ts";
import type { Troubles } from "../troubles.ts";
import type { Cost, Warehouse } from "./port.ts";

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;

/** What no waiting mends: the configuration is wrong, or another process works on the folder. */
const isFinal = (error: unknown) =>
  error instanceof AppError && (error.fault === "config" || error.code === "STORE_LOCKED");

const LOST = new AppError("A file of the warehouse is damaged and is rescued", {
  code: "STORE_CORRUPT",
  hint: "Wait: what can be read is rescued, and the inbox serves again what is missing.",
  retryable: true,
});

const NO_COST: Cost = { statements: 0, bytesEstimated: 0, bytesBilled: 0 };

/** Opens the warehouse; it calls `onLost` when it must be closed and opened again to go on. */
export type OpenWarehouse = (onLost: () => void) => Promise<Warehouse>;

/**
 * A warehouse that may not be there. While the machine does not let it be opened, such as with a full disk, or while it is rescued,
 * each call fails with the reason and a trouble says so, so that broker, inbox and server run all the same; it is tried again for as
 * long as it takes.
 */
export class PatientWarehouse implements Warehouse {
  readonly #open: OpenWarehouse;
  readonly #troubles: Troubles;
  readonly #news = new WakeUp();
  #warehouse: Warehouse | undefined;
  #isLost = false;
  #reason: unknown = new Error("The warehouse is not open yet");

  constructor(open: OpenWarehouse, troubles: Troubles) {
    this.#open = open;
    this.#troubles = troubles;
  }

  /** Tries once. Throws `AppError` when no waiting would help. */
  async start(): Promise<void> {
    await this.#try();
    if (!this.#warehouse && isFinal(this.#reason)) throw this.#reason;
  }

  /** Opens it as often as need be, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      if (this.#isLost) await this.#letGo();
      if (!this.#warehouse) await pause(backOffMs(attempt, FIRST_RETRY_MS, LONGEST_RETRY_MS), signal);
      if (!this.#warehouse && !signal.aborted) await this.#try();
      if (!this.#warehouse) continue;
      attempt = -1;
      if (!this.#isLost) await this.#news.wait(signal);
    }
  }

  get batchesAtOnce(): number {
    return this.#warehouse?.batchesAtOnce ?? 1;
  }

  async lastStored(...asked: Parameters<Warehouse["lastStored"]>) {
    return this.#now().lastStored(...asked);
  }

  async store(...asked: Parameters<Warehouse["store"]>) {
    return this.#now().store(...asked);
  }

  async ledger(...asked: Parameters<Warehouse["ledger"]>) {
    return this.#now().ledger(...asked);
  }

  async staleDates(...asked: Parameters<Warehouse["staleDates"]>) {
    return this.#now().staleDates(...asked);
  }

  async rollUp(...asked: Parameters<Warehouse["rollUp"]>) {
    return this.#now().rollUp(...asked);
  }

  async traffic(...asked: Parameters<Warehouse["traffic"]>) {
    return this.#now().traffic(...asked);
  }

  async trafficOfStores(...asked: Parameters<Warehouse["trafficOfStores"]>) {
    return this.#now().trafficOfStores(...asked);
  }

  async devices(...asked: Parameters<Warehouse["devices"]>) {
    return this.#now().devices(...asked);
  }

  async measureCost<T>(work: () => Promise<T>) {
    const { measureCost } = this.#now();
    return measureCost ? measureCost(work) : { result: await work(), cost: NO_COST };
  }

  async settle() {
    return this.#now().settle();
  }

  async recordRun(...asked: Parameters<Warehouse["recordRun"]>) {
    return this.#now().recordRun(...asked);
  }

  async runs(...asked: Parameters<Warehouse["runs"]>) {
    return this.#now().runs(...asked);
  }

  async recordCheckpoint(...asked: Parameters<Warehouse["recordCheckpoint"]>) {
    return this.#now().recordCheckpoint(...asked);
  }

  async checkpoints(...asked: Parameters<Warehouse["checkpoints"]>) {
    return this.#now().checkpoints(...asked);
  }

  async lease(name: string, holder: string, ttlS: number) {
    return this.#now().lease?.(name, holder, ttlS) ?? true;
  }

  async replaceDerived(...asked: Parameters<Warehouse["replaceDerived"]>) {
    return this.#now().replaceDerived(...asked);
  }

  async addDerived(...asked: Parameters<Warehouse["addDerived"]>) {
    return this.#now().addDerived(...asked);
  }

  async derived(...asked: Parameters<Warehouse["derived"]>) {
    return this.#now().derived(...asked);
  }

  async derivedOfStores(...asked: Parameters<Warehouse["derivedOfStores"]>) {
    return this.#now().derivedOfStores(...asked);
  }

  async sourceRows(...asked: Parameters<Warehouse["sourceRows"]>) {
    return this.#now().sourceRows(...asked);
  }

  async rowVersions(...asked: Parameters<Warehouse["rowVersions"]>) {
    return this.#now().rowVersions(...asked);
  }

  async noteChanged(...asked: Parameters<Warehouse["noteChanged"]>) {
    return this.#now().noteChanged(...asked);
  }

  async changedDates(...asked: Parameters<Warehouse["changedDates"]>) {
    return this.#now().changedDates(...asked);
  }

  async forgetChanged(...asked: Parameters<Warehouse["forgetChanged"]>) {
    return this.#now().forgetChanged(...asked);
  }

  async addAlerts(...asked: Parameters<Warehouse["addAlerts"]>) {
    return this.#now().addAlerts(...asked);
  }

  async lastAlerts(...asked: Parameters<Warehouse["lastAlerts"]>) {
    return this.#now().lastAlerts(...asked);
  }

  async alerts(...asked: Parameters<Warehouse["alerts"]>) {
    return this.#now().alerts(...asked);
  }

  async forgetAlerts(...asked: Parameters<Warehouse["forgetAlerts"]>) {
    return this.#now().forgetAlerts(...asked);
  }

  async deviceRecords(...asked: Parameters<Warehouse["deviceRecords"]>) {
    return this.#now().deviceRecords(...asked);
  }

  async healthBetween(...asked: Parameters<Warehouse["healthBetween"]>) {
    return this.#now().healthBetween(...asked);
  }

  async flags(...asked: Parameters<Warehouse["flags"]>) {
    return this.#now().flags(...asked);
  }

  async hourTotals(...asked: Parameters<Warehouse["hourTotals"]>) {
    return this.#now().hourTotals(...asked);
  }

  async archive(...asked: Parameters<Warehouse["archive"]>) {
    return this.#now().archive(...asked);
  }

  async windowDates(...asked: Parameters<Warehouse["windowDates"]>) {
    return this.#now().windowDates(...asked);
  }

  async windowsSum(...asked: Parameters<Warehouse["windowsSum"]>) {
    return this.#now().windowsSum(...asked);
  }

  async unreadableDates(...asked: Parameters<Warehouse["unreadableDates"]>) {
    return this.#now().unreadableDates(...asked);
  }

  async lastSeen(...asked: Parameters<Warehouse["lastSeen"]>) {
    return this.#now().lastSeen(...asked);
  }

  async quarantineGroups(...asked: Parameters<Warehouse["quarantineGroups"]>) {
    return this.#now().quarantineGroups(...asked);
  }

  async pendingMessages(...asked: Parameters<Warehouse["pendingMessages"]>) {
    return this.#now().pendingMessages(...asked);
  }

  async quarantinedMessage(...asked: Parameters<Warehouse["quarantinedMessage"]>) {
    return this.#now().quarantinedMessage(...asked);
  }

  async replay(...asked: Parameters<Warehouse["replay"]>) {
    return this.#now().replay(...asked);
  }

  async intakeBetween(...asked: Parameters<Warehouse["intakeBetween"]>) {
    return this.#now().intakeBetween(...asked);
  }

  async streamLedger(...asked: Parameters<Warehouse["streamLedger"]>) {
    return this.#now().streamLedger(...asked);
  }

  async strayMessages(...asked: Parameters<Warehouse["strayMessages"]>) {
    return this.#now().strayMessages(...asked);
  }

  async acceptDifference(...asked: Parameters<Warehouse["acceptDifference"]>) {
    return this.#now().acceptDifference(...asked);
  }

  async acceptedDifferences(...asked: Parameters<Warehouse["acceptedDifferences"]>) {
    return this.#now().acceptedDifferences(...asked);
  }

  async close() {
    await this.#warehouse?.close();
  }

  async #try(): Promise<void> {
    try {
      this.#warehouse = await this.#open(() => this.#lose());
      this.#isLost = false;
      this.#troubles.clear("warehouse-down");
    } catch (error) {
      this.#reason = error;
      if (!isFinal(error)) this.#troubles.raise("warehouse-down", error);
    }
  }

  #lose(): void {
    this.#isLost = true;
    this.#news.notify();
  }

  /** Waits for calls under way; new ones fail until it is open again. */
  async #letGo(): Promise<void> {
    const lost = this.#warehouse;
    this.#warehouse = undefined;
    this.#reason = LOST;
    this.#troubles.raise("warehouse-down", LOST);
    await lost?.close();
  }

  #now(): Warehouse {
    if (this.#warehouse) return this.#warehouse;
    throw this.#reason;
  }
}
