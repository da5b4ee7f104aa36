import { Worker } from "node:worker_threads";
import { messageOf } from "../../../firmware-config/kit/errors.ts";
import { runtimeReason } from "../../../firmware-config/kit/runtime-reason.ts";
import type { DetectorModel } from "../model.ts";
import { probeSession } from "./probe-session.ts";
import { refusal, type Verdict } from "./verdict.ts";

/** The process that tries a model; started by `probeModel` alone, which ends it when it takes too long. */
process.once("message", (model: DetectorModel) => void answer(model));
process.once("disconnect", () => process.exit());
// A model under way blocks this thread, so another one looks whether the parent still lives.
new Worker(new URL("./parent-watch.js", import.meta.url), { workerData: Number(process.argv[2]) }).unref();

async function answer(model: DetectorModel): Promise<void> {
  const verdict = await probeSession(model).catch((error: unknown) => refusal(runtimeReason(messageOf(error))));
  send(verdict);
}

function send(verdict: Verdict): void {
  process.send?.(verdict, () => process.exit());
}
