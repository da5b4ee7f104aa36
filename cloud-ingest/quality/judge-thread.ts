import { Worker } from "node:worker_threads";
import { scriptUrl } from "../../firmware-config/kit/script-url.ts";
import type { JudgedPanel, JudgeWish } from "./judge-and-clean.ts";

interface Waiter {
  readonly resolve: (judged: JudgedPanel) => void;
  readonly reject: (error: Error) => void;
}

interface Answer {
  readonly id: number;
  readonly judged?: JudgedPanel;
  readonly error?: string;
}

/** Judges panels in a thread of its own, so that the process answers meanwhile. Started with the first one. */
export class JudgeThread {
  readonly #waiting = new Map<number, Waiter>();
  #worker: Worker | undefined;
  #asked = 0;

  /** Rejects with the reason when the panel cannot be judged, when the thread dies, and with the signal's when it aborts. */
  judge(wish: JudgeWish, signal: AbortSignal): Promise<JudgedPanel> {
    signal.throwIfAborted();
    this.#worker ??= this.#started();
    const id = ++this.#asked;
    const stop = () => void this.close(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    return new Promise<JudgedPanel>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker?.postMessage({ id, wish });
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
    const worker = new Worker(scriptUrl(import.meta.url, "cloud-ingest", "quality/judge-worker.js"));
    worker.unref();
    worker.on("message", ({ id, judged, error }: Answer) => {
      const waiter = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (judged) waiter?.resolve(judged);
      else waiter?.reject(new Error(error ?? "no answer"));
    });
    worker.on("error", (error) => this.#died(worker, error));
    worker.on("exit", () => this.#died(worker, new Error("the thread that judges ended")));
    return worker;
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
