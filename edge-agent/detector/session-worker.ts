import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import { runtimeReason } from "../../firmware-config/kit/runtime-reason.ts";
import { openSession, type RunsOn } from "./open-session.ts";
import { SessionLoop } from "./session-loop.ts";
import type { Reply, Request, WorkerSetup } from "./session-protocol.ts";

/** The thread that the model blocks; started by `SessionThread` alone. */
async function main(setup: WorkerSetup): Promise<void> {
  try {
    const { session, runsOn } = await openSession(setup.model.path, setup.settings);
    serve(await SessionLoop.create(session, setup), runsOn);
  } catch (error) {
    send({ kind: "refused", reason: runtimeReason(messageOf(error)) });
  }
}

function serve(loop: SessionLoop, runsOn: RunsOn): void {
  let last: Promise<void> = Promise.resolve();
  parentPort?.on("message", (request: Request) => {
    last = last.then(() => answer(loop, request));
  });
  send({ kind: "ready", runsOn });
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

function send(reply: Reply): void {
  parentPort?.postMessage(reply);
}

const setup: WorkerSetup = workerData;
await main(setup);
