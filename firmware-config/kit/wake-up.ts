/** Lets one part wait until another has something for it. */
export class WakeUp {
  #waiting = new Set<() => void>();

  /** Ends every wait under way. */
  notify(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Resolves at the next `notify`, when `signal` aborts, or after `timeoutMs`; never rejects. */
  wait(signal: AbortSignal, timeoutMs?: number): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = timeoutMs === undefined ? undefined : setTimeout(() => wake(), timeoutMs);
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", wake);
        this.#waiting.delete(wake);
        resolve();
      };
      signal.addEventListener("abort", wake);
      this.#waiting.add(wake);
    });
  }
}
