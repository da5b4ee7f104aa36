import { messageOf } from "../../../firmware-config/kit/errors.ts";
import type { DetectorModel } from "../model.ts";
import { runtimeReason } from "../runtime-reason.ts";
import { probeSession } from "./probe-session.ts";
import { refusal, type Verdict } from "./verdict.ts";

/** The process that tries a model; started by `probeModel` alone, which ends it when it takes too long. */
process.once("message", (model: DetectorModel) => void answer(model));
process.once("disconnect", () => process.exit());

async function answer(model: DetectorModel): Promise<void> {
  const verdict = await probeSession(model).catch((error: unknown) => refusal(runtimeReason(messageOf(error))));
  send(verdict);
}

function send(verdict: Verdict): void {
  process.send?.(verdict, () => process.exit());
}
