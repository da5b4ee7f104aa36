import { availableParallelism } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { InferenceSession } from "onnxruntime-node";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import { SessionLoop } from "./session-loop.ts";
import type { Reply, Request, WorkerSetup } from "./session-protocol.ts";

/** The thread that the model blocks; started by `SessionThread` alone. */
async function main(setup: WorkerSetup): Promise<void> {
  try {
    const session = await InferenceSession.create(setup.model.path, sessionOptions(setup.settings.threads));
    serve(new SessionLoop(session, setup));
  } catch (error) {
    send({ kind: "refused", reason: messageOf(error) });
  }
}

function serve(loop: SessionLoop): void {
  let last: Promise<void> = Promise.resolve();
  parentPort?.on("message", (request: Request) => {
    last = last.then(() => answer(loop, request));
  });
  send({ kind: "ready" });
}

async function answer(loop: SessionLoop, request: Request): Promise<void> {
  if (request.kind === "close") return end(loop);
  try {
    send(await loop.answer(request));
  } catch (error) {
    send({ kind: "failed", slot: request.slot, reason: messageOf(error) });
  }
}

async function end(loop: SessionLoop): Promise<void> {
  await loop.close();
  parentPort?.close();
}

/** Why so: README, "Session options". */
function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    graphOptimizationLevel: "all",
    executionMode: "sequential",
    intraOpNumThreads: threads > 0 ? threads : availableParallelism(),
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  };
}

function send(reply: Reply): void {
  parentPort?.postMessage(reply);
}

const setup: WorkerSetup = workerData;
await main(setup);
