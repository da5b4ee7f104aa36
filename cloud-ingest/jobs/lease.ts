import { randomUUID } from "node:crypto";
import type { JobStore } from "../warehouse/port.ts";

/** How long a process that was killed keeps others from its job. */
const TTL_S = 180;
const RENEW_MS = 60_000;
/** Others whose clocks fire a little later find the job done. */
const AFTERGLOW_S = 30;

/** Of this process, for as long as it lives. */
const HOLDER = randomUUID();

/** The right to run a job, where several processes work on one warehouse. */
export class Lease {
  readonly #store: JobStore;
  readonly #name: string;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: JobStore, job: string) {
    this.#store = store;
    this.#name = `job ${job}`;
  }

  /** False when another process has it; when it is true it is kept until it is released. */
  async take(): Promise<boolean> {
    const has = (await this.#store.lease?.(this.#name, HOLDER, TTL_S)) ?? true;
    // A renewal that fails is tried again while the lease still holds.
    if (has) this.#timer = setInterval(() => void this.#hold(TTL_S), RENEW_MS).unref();
    return has;
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#hold(AFTERGLOW_S);
  }

  async #hold(ttlS: number): Promise<void> {
    await this.#store.lease?.(this.#name, HOLDER, ttlS).catch(() => {});
  }
}
