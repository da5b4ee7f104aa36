import type { InferenceSession } from "onnxruntime-node";
import { Candidates } from "./candidates.ts";
import { createRunner } from "./create-runner.ts";
import { keepAll, suppress } from "./nms.ts";
import type { Runner } from "./runner.ts";
import { MAX_PERSONS, type Reply, type Request, type WorkerSetup } from "./session-protocol.ts";

/** Runs the session on one slot after the other; everything it needs is made once. */
export class SessionLoop {
  readonly #session: InferenceSession;
  readonly #runner: Runner;
  readonly #setup: WorkerSetup;
  readonly #found = new Candidates(MAX_PERSONS);
  readonly #kept: { count: number; boxes: Float32Array; scores: Float32Array }[];

  /** Throws an `Error` when the session is not of the model's family. */
  static async create(session: InferenceSession, setup: WorkerSetup): Promise<SessionLoop> {
    return new SessionLoop(session, await createRunner(session, setup.model), setup);
  }

  private constructor(session: InferenceSession, runner: Runner, setup: WorkerSetup) {
    this.#session = session;
    this.#runner = runner;
    this.#setup = setup;
    this.#kept = setup.slots.map(({ boxes, scores }) => ({ count: 0, boxes, scores }));
  }

  async answer(request: Exclude<Request, { kind: "close" }>): Promise<Reply> {
    this.#runner.load(this.#setup.slots[request.slot]!.frame);
    if (request.kind === "detect") return this.#detect(request.slot);
    return { kind: "benchmarked", slot: request.slot, ...(await this.#benchmark(request.seconds)) };
  }

  async close(): Promise<void> {
    await this.#session.release();
  }

  async #detect(slot: number): Promise<Reply> {
    const { minScore, nmsIou } = this.#setup.settings;
    const startMs = performance.now();
    await this.#run();
    const inferenceMs = performance.now() - startMs;
    this.#found.clear();
    const finite = this.#runner.decode(minScore, this.#found);
    const kept = this.#kept[slot]!;
    if (this.#runner.needsNms) suppress(this.#found, nmsIou, kept);
    else keepAll(this.#found, kept);
    return { kind: "detected", slot, count: kept.count, finite, inferenceMs };
  }

  /** Nothing but the session, back to back. */
  async #benchmark(seconds: number): Promise<{ readonly fps: number; readonly runsMs: Float64Array }> {
    const startMs = performance.now();
    const runsMs: number[] = [];
    let elapsedMs = 0;
    while (elapsedMs < seconds * 1000) {
      const beforeMs = elapsedMs;
      await this.#run();
      elapsedMs = performance.now() - startMs;
      runsMs.push(elapsedMs - beforeMs);
    }
    return { fps: (runsMs.length * 1000) / elapsedMs, runsMs: Float64Array.from(runsMs) };
  }

  async #run(): Promise<void> {
    await this.#session.run(this.#runner.feeds, this.#runner.fetches);
  }
}
