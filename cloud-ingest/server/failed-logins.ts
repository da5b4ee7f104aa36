import type { Clock } from "../../firmware-config/kit/clock.ts";

const WINDOW_MS = 60_000;
/** A person who mistypes is not told to wait before. */
const MAX_FAILURES = 10;
const MAX_ADDRESSES = 10_000;

interface Failures {
  readonly sinceMs: number;
  readonly count: number;
}

/** Slows down guessing: counts wrong logins per minute and address; remembers the last 10,000 addresses. */
export class FailedLogins {
  readonly #clock: Clock;
  readonly #byAddress = new Map<string, Failures>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True after ten wrong logins: further wrong ones are told to wait. */
  isLimited(address: string): boolean {
    return this.#count(address) >= MAX_FAILURES;
  }

  note(address: string): void {
    const { sinceMs, count } = this.#current(address) ?? { sinceMs: this.#clock.monotonicMs(), count: 0 };
    this.#byAddress.delete(address);
    this.#byAddress.set(address, { sinceMs, count: count + 1 });
    const [oldest] = this.#byAddress.keys();
    if (this.#byAddress.size > MAX_ADDRESSES && oldest !== undefined) this.#byAddress.delete(oldest);
  }

  #count(address: string): number {
    return this.#current(address)?.count ?? 0;
  }

  #current(address: string): Failures | undefined {
    const known = this.#byAddress.get(address);
    return known && this.#clock.monotonicMs() - known.sinceMs < WINDOW_MS ? known : undefined;
  }
}
