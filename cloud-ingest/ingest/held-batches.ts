/** Batches of a bus without order that are stored side by side, a bounded number of them. */
export class HeldBatches {
  readonly #underWay = new Set<Promise<void>>();
  readonly #reading = new AbortController();
  readonly #end: AbortSignal;
  readonly #close = () => void Promise.all(this.#underWay).finally(() => this.#reading.abort());

  /** After `end`, reading ends as soon as all is stored that was begun: a bus takes back what is in hand. */
  constructor(end: AbortSignal) {
    this.#end = end;
    if (end.aborted) this.#close();
    else end.addEventListener("abort", this.#close);
  }

  /** For the bus to read by. */
  get reading(): AbortSignal {
    return this.#reading.signal;
  }

  /** Resolves when one more may begin. */
  async add(work: Promise<void>, atOnce = 1): Promise<void> {
    const done = work.finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
    if (this.#underWay.size >= atOnce) await Promise.race(this.#underWay);
  }

  /** Waits for what is under way; nothing is added any more. */
  async finish(): Promise<void> {
    this.#end.removeEventListener("abort", this.#close);
    await Promise.all(this.#underWay);
  }
}
