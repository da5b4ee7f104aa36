import { parentPort, SHARE_ENV, Worker } from "node:worker_threads";
import { messageOf } from "./errors.ts";

interface Waiter<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  readonly onDone?: ((share: number) => void) | undefined;
}

interface Question<Wish> {
  readonly id: number;
  readonly wish: Wish;
}

type Reply<Answer> =
  | { readonly id: number; readonly answer: Answer }
  | { readonly id: number; readonly error: string }
  | { readonly id: number; readonly share: number };

/** Asks a thread of its own, one wish after the other, so that the process answers meanwhile. Started with the first wish. */
export class AskThread<Wish, Answer> {
  readonly #script: () => URL;
  readonly #waiting = new Map<number, Waiter<Answer>>();
  #worker: Worker | undefined;
  #asked = 0;

  /** `script` runs `answerAll`. */
  constructor(script: () => URL) {
    this.#script = script;
  }

  /** Rejects with the reason when there is no answer, when the thread dies, and with the signal's when it aborts. */
  async ask(wish: Wish, signal: AbortSignal, onDone?: (share: number) => void): Promise<Answer> {
    signal.throwIfAborted();
    this.#worker ??= this.#started();
    const id = ++this.#asked;
    const stop = () => void this.close(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    return new Promise<Answer>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, onDone });
      this.#worker?.postMessage({ id, wish } satisfies Question<Wish>);
    }).finally(() => signal.removeEventListener("abort", stop));
  }

  /** Ends the thread; what is under way is rejected. */
  async close(reason: unknown = new Error("closed")): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#fail(reason instanceof Error ? reason : new Error(String(reason)));
    await worker?.terminate();
  }

  #started(): Worker {
    // Libraries in C read the environment of the process: what a thread sets in a copy of it they never see.
    const worker = new Worker(this.#script(), { env: SHARE_ENV });
    worker.unref();
    worker.on("message", (reply: Reply<Answer>) => this.#heard(reply));
    worker.on("error", (error) => this.#died(worker, error));
    worker.on("exit", () => this.#died(worker, new Error("the thread ended")));
    return worker;
  }

  #heard(reply: Reply<Answer>): void {
    const waiter = this.#waiting.get(reply.id);
    if ("share" in reply) {
      waiter?.onDone?.(reply.share);
      return;
    }
    this.#waiting.delete(reply.id);
    if ("answer" in reply) waiter?.resolve(reply.answer);
    else waiter?.reject(new Error(reply.error));
  }

  #died(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#fail(error);
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** In the thread: answers wishes as they come, those that are promised too, one after the other. */
export function answerAll<Wish, Answer>(
  answer: (wish: Wish, onDone: (share: number) => void) => Answer | Promise<Answer>,
): void {
  let before: Promise<void> = Promise.resolve();
  parentPort?.on("message", ({ id, wish }: Question<Wish>) => {
    const tell = (reply: Reply<Answer>) => parentPort?.postMessage(reply);
    before = before.then(async () => {
      try {
        tell({ id, answer: await answer(wish, (share) => tell({ id, share })) });
      } catch (error) {
        tell({ id, error: messageOf(error) });
      }
    });
  });
}
