import { SHARE_ENV, Worker } from "node:worker_threads";
import { AppError } from "../../firmware-config/kit/errors.ts";
import type { RunsOn } from "./open-session.ts";
import type { Reply, Request, WorkerSetup } from "./session-protocol.ts";

const CLOSE_TIMEOUT_MS = 5000;

/** The answer to a call on a slot. */
export type SlotReply = Extract<Reply, { readonly slot: number }>;

interface Waiter<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** The session's thread as its owner sees it: claim a slot, fill its frame, call, read its persons, give it back. */
export class SessionThread {
  readonly #worker: Worker;
  readonly #ready: Promise<RunsOn>;
  readonly #exited: Promise<void>;
  readonly #slotCount: number;
  readonly #free: number[];
  readonly #claims: Waiter<number>[] = [];
  readonly #calls: (Waiter<SlotReply> | undefined)[] = [];
  #started: Waiter<RunsOn> | undefined;
  #failure: Error | undefined;

  /** `script` is the worker's JavaScript. */
  constructor(setup: WorkerSetup, script: URL) {
    this.#slotCount = setup.slots.length;
    this.#free = setup.slots.map((_, i) => i);
    this.#ready = new Promise((resolve, reject) => {
      this.#started = { resolve, reject };
    });
    // The worker's own setting of the environment must reach the library, which asks the process.
    this.#worker = new Worker(script, { workerData: setup, env: SHARE_ENV });
    this.#worker.on("message", (reply: Reply) => this.#onReply(reply));
    this.#worker.on("error", (cause) => this.#fail(crashed(cause)));
    this.#exited = new Promise((resolve) => this.#worker.once("exit", () => resolve()));
    void this.#exited.then(() => this.#fail(crashed(undefined)));
  }

  /** Resolves with what the model runs on when it is loaded; rejects with MODEL_INVALID when it does not fit. */
  async ready(): Promise<RunsOn> {
    return this.#ready;
  }

  /** A free slot, first come, first served. */
  async claim(): Promise<number> {
    if (this.#failure !== undefined) throw this.#failure;
    const slot = this.#free.pop();
    if (slot !== undefined) return slot;
    return new Promise((resolve, reject) => this.#claims.push({ resolve, reject }));
  }

  /** Gives a slot to the next who waits. */
  giveBack(slot: number): void {
    const next = this.#claims.shift();
    if (next === undefined) this.#free.push(slot);
    else next.resolve(slot);
  }

  /** Has the worker do `request` on its slot; requests are served in the order of the calls. */
  async call(request: Exclude<Request, { kind: "close" }>): Promise<SlotReply> {
    if (this.#failure !== undefined) throw this.#failure;
    return new Promise((resolve, reject) => {
      this.#calls[request.slot] = { resolve, reject };
      this.#post(request);
    });
  }

  /** Lets calls under way finish, then ends the thread; a thread that hangs is ended by force. */
  async close(): Promise<void> {
    await this.#idle();
    this.#post({ kind: "close" });
    const timer = setTimeout(() => void this.#worker.terminate(), CLOSE_TIMEOUT_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  /** Takes every slot, after all who came before; a thread that has ended is idle. */
  async #idle(): Promise<void> {
    await Promise.allSettled(Array.from({ length: this.#slotCount }, () => this.claim()));
  }

  #post(request: Request): void {
    this.#worker.postMessage(request);
  }

  #onReply(reply: Reply): void {
    if (reply.kind === "ready") this.#started?.resolve(reply.runsOn);
    else if (reply.kind === "refused") this.#started?.reject(refused(reply.reason));
    else this.#settle(reply);
  }

  #settle(reply: SlotReply): void {
    const call = this.#calls[reply.slot];
    this.#calls[reply.slot] = undefined;
    if (reply.kind === "failed") call?.reject(crashed(new Error(reply.reason)));
    else call?.resolve(reply);
  }

  /** Everybody who waits learns of the first failure. */
  #fail(error: Error): void {
    this.#failure ??= error;
    this.#started?.reject(this.#failure);
    for (const waiter of [...this.#calls.splice(0), ...this.#claims.splice(0)]) waiter?.reject(this.#failure);
  }
}

function crashed(cause: unknown): AppError {
  const message = cause === undefined ? "The model's thread has ended" : "The model's thread failed";
  return new AppError(message, { code: "INTERNAL", hint: "Restart the agent; report it with the log.", cause });
}

function refused(reason: string): AppError {
  return new AppError(reason, { code: "MODEL_INVALID", hint: "Give a model that `kazoe models list` names." });
}
