import type { Lane } from "./job.ts";

/** Runs work of one lane in the order of asking, one at a time. */
export class Lanes {
  readonly #ends = new Map<Lane, Promise<unknown>>();

  run<T>(lane: Lane, work: () => Promise<T>): Promise<T> {
    const run = (this.#ends.get(lane) ?? Promise.resolve()).then(work);
    this.#ends.set(
      lane,
      run.catch(() => {}),
    );
    return run;
  }

  /** Resolves when all that was asked for so far has ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#ends.values());
  }
}
