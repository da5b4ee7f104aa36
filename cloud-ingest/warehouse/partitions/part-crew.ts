import { type NamedPart, partFailure } from "./part-failure.ts";

/** Does one part; ends soon, either way, when the signal aborts. */
export type PartWork<Part, Result> = (part: Part, signal: AbortSignal) => Promise<Result>;

export interface CrewTask<Part, Result> {
  readonly parts: readonly Part[];
  readonly work: PartWork<Part, Result>;
  /** Aborts when nobody wants the results any more. */
  readonly wish: AbortSignal;
  readonly atOnce: number;
}

interface Done<Result> {
  readonly result: Result;
}

/** Has up to `atOnce` parts under way, and begins no other after the first failure. */
export class PartCrew<Part extends NamedPart, Result> {
  readonly #task: CrewTask<Part, Result>;
  readonly #halt = new AbortController();
  readonly #signal: AbortSignal;
  /** Oldest first; none rejects: a failed one resolves to undefined once `#failure` is set. */
  readonly #underWay: Promise<Done<Result> | undefined>[] = [];
  #begun = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(task: CrewTask<Part, Result>) {
    this.#task = task;
    this.#signal = AbortSignal.any([task.wish, this.#halt.signal]);
  }

  /** The result of the oldest part not yet taken; undefined when all are taken. Throws the first failure of any part. */
  async next(): Promise<Done<Result> | undefined> {
    this.#fill();
    const done = await this.#underWay[0];
    this.#underWay.shift();
    this.#fill();
    return done;
  }

  /** Aborts what is under way and resolves when it has ended. */
  async stop(): Promise<void> {
    this.#halt.abort();
    await Promise.all(this.#underWay);
  }

  #fill(): void {
    const { parts, wish, atOnce } = this.#task;
    wish.throwIfAborted();
    if (this.#failure) throw this.#failure.error;
    for (const part of parts.slice(this.#begun, this.#begun + atOnce - this.#underWay.length)) {
      this.#underWay.push(this.#begin(part, this.#begun));
      this.#begun += 1;
    }
  }

  async #begin(part: Part, at: number): Promise<Done<Result> | undefined> {
    try {
      return { result: await this.#task.work(part, this.#signal) };
    } catch (error) {
      this.#failure ??= { error: partFailure(error, { part, at, of: this.#task.parts.length }) };
      this.#halt.abort();
      return undefined;
    }
  }
}
