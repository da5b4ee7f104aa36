import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { BigQueryConfig } from "../../../cloud-ingest/warehouse/bigquery/bigquery-config.ts";

/** What a worker's process is started with. */
export interface WorkerStart {
  /** host:port */
  readonly pubsub: string;
  readonly config: BigQueryConfig;
}

export interface WorkerSample {
  readonly stored: number;
  readonly quarantined: number;
  readonly rssMb: number;
  readonly cpuS: number;
}

/** A worker of ingest in a process of its own. */
export class Worker {
  readonly #child: ChildProcess;
  #sample: WorkerSample;
  /** The most resident memory that was seen. */
  #mostMb = 0;

  private constructor(child: ChildProcess, sample: WorkerSample) {
    this.#child = child;
    this.#sample = sample;
    child.on("message", (sample: WorkerSample) => {
      this.#sample = sample;
      this.#mostMb = Math.max(this.#mostMb, sample.rssMb);
    });
  }

  /** Returns once the warehouse is open; nothing is read before `go`. */
  static async start(start: WorkerStart): Promise<Worker> {
    const child = fork(new URL("./worker-child.js", import.meta.url), [JSON.stringify(start)]);
    const [sample]: WorkerSample[] = await once(child, "message");
    if (!sample) throw new Error("The worker did not start");
    return new Worker(child, sample);
  }

  get sample(): WorkerSample {
    return this.#sample;
  }

  get mostMb(): number {
    return this.#mostMb;
  }

  go(): void {
    this.#child.send("go");
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, "exit");
    this.#child.disconnect();
    await exited;
  }
}

/** Lets them work until they have stored so many together; gives rows a second, from the first that is seen to be stored. */
export async function rateOf(workers: readonly Worker[], messages: number): Promise<number> {
  for (const worker of workers) worker.go();
  let [startMs, startRows] = [0, 0];
  for (;;) {
    const stored = workers.reduce((sum, { sample }) => sum + sample.stored, 0);
    if (workers.some(({ sample }) => sample.quarantined > 0)) throw new Error("messages were quarantined");
    if (startRows === 0 && stored > 0) [startMs, startRows] = [performance.now(), stored];
    if (stored >= messages) return ((stored - startRows) * 1000) / (performance.now() - startMs);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
