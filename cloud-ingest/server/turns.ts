/** How much is done at once. */
export interface TurnLimits {
  readonly perReader: number;
  readonly total: number;
  /** How many of one reader may wait; a further one is refused at once. */
  readonly waitingPerReader: number;
  readonly waitMs: number;
}

/** Gives the turn back; a second call does nothing. */
export type Turn = () => void;

/** `reader` = this reader has as much under way as one may; `all` = all together have. */
export type Busy = "reader" | "all";

type Waiting = (answer: Turn | Busy) => void;

/** Lets only so many requests work at once, of one reader and in all; who waits comes reader by reader, not by order of arrival. */
export class Turns {
  readonly #limits: TurnLimits;
  readonly #running = new Map<string, number>();
  /** Those who wait, by reader; the reader who came last goes to the end. */
  readonly #waiting = new Map<string, Waiting[]>();
  #total = 0;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /** A turn, at once or after a short wait; or why there is none. Aborted while it waits: rejects with the signal's reason. */
  take(reader: string, signal: AbortSignal): Promise<Turn | Busy> {
    if (this.#mayStart(reader)) return Promise.resolve(this.#start(reader));
    const queue = this.#waiting.get(reader) ?? [];
    if (queue.length >= this.#limits.waitingPerReader) return Promise.resolve(this.#whyNot(reader));
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        this.#remove(reader, settle);
      };
      const settle: Waiting = (answer) => {
        leave();
        resolve(answer);
      };
      const onAbort = () => {
        leave();
        reject(signal.reason);
      };
      const timer = setTimeout(() => settle(this.#whyNot(reader)), this.#limits.waitMs);
      signal.addEventListener("abort", onAbort);
      this.#waiting.set(reader, [...queue, settle]);
      if (signal.aborted) onAbort();
    });
  }

  #mayStart(reader: string): boolean {
    return this.#total < this.#limits.total && this.#runningOf(reader) < this.#limits.perReader;
  }

  #whyNot(reader: string): Busy {
    return this.#runningOf(reader) >= this.#limits.perReader ? "reader" : "all";
  }

  #runningOf(reader: string): number {
    return this.#running.get(reader) ?? 0;
  }

  #start(reader: string): Turn {
    this.#count(reader, 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#count(reader, -1);
      this.#startNext();
    };
  }

  #count(reader: string, by: 1 | -1): void {
    const running = this.#runningOf(reader) + by;
    if (running === 0) this.#running.delete(reader);
    else this.#running.set(reader, running);
    this.#total += by;
  }

  #startNext(): void {
    for (const [reader, [first]] of this.#waiting) {
      if (!first || !this.#mayStart(reader)) continue;
      first(this.#start(reader));
      this.#toTheEnd(reader);
      return;
    }
  }

  #toTheEnd(reader: string): void {
    const rest = this.#waiting.get(reader);
    if (!rest) return;
    this.#waiting.delete(reader);
    this.#waiting.set(reader, rest);
  }

  #remove(reader: string, waiting: Waiting): void {
    const rest = (this.#waiting.get(reader) ?? []).filter((other) => other !== waiting);
    if (rest.length === 0) this.#waiting.delete(reader);
    else this.#waiting.set(reader, rest);
  }
}
