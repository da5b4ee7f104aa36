/**
 * What goes wrong with one call. `code` is a gRPC code, or an HTTP status at the REST fake.
 * - fail: refused before anything is done; `inBand` (AppendRows only) answers on the open stream instead of ending it
 * - lose: done, but the caller sees only the error, as when the answer was lost
 * - hang: nothing is done and nothing is answered
 * - late: done when `until` has settled
 * - twice: the request arrives twice; a stream answers both, any other call the second
 * - close: the connection or stream ends before anything is done
 */
export type Fault =
  | { readonly kind: "fail"; readonly code: number; readonly message?: string; readonly inBand?: boolean }
  | { readonly kind: "lose"; readonly code: number; readonly message?: string }
  | { readonly kind: "hang" }
  | { readonly kind: "late"; readonly until: Promise<unknown> }
  | { readonly kind: "twice" }
  | { readonly kind: "close"; readonly code?: number };

interface Planned {
  readonly method: string;
  readonly fault: Fault;
  after: number;
  times: number;
}

/** Faults that tests plan for calls to come, by the method's name, and how often each method was called. */
export class Faults {
  readonly #calls = new Map<string, number>();
  #planned: Planned[] = [];

  /** The next `times` calls of `method` meet `fault`, after the `after` calls before them went well. */
  add(method: string, fault: Fault, { times = 1, after = 0 }: { times?: number; after?: number } = {}): void {
    this.#planned.push({ method, fault, after, times });
  }

  /** Forgets all faults planned and not yet met. */
  clear(): void {
    this.#planned = [];
  }

  /** How often `method` was called since the fake was made, the calls that failed too. */
  calls(method: string): number {
    return this.#calls.get(method) ?? 0;
  }

  /** Called by the fake once per call. */
  take(method: string): Fault | undefined {
    this.#calls.set(method, this.calls(method) + 1);
    const planned = this.#planned.find((one) => one.method === method);
    if (!planned) return undefined;
    if (planned.after > 0) {
      planned.after -= 1;
      return undefined;
    }
    planned.times -= 1;
    if (planned.times <= 0) this.#planned = this.#planned.filter((one) => one !== planned);
    return planned.fault;
  }
}
