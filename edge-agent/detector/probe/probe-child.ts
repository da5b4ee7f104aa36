import { answerParent } from "../../../firmware-config/kit/ask-child.ts";
import { messageOf } from "../../../firmware-config/kit/errors.ts";
import { runtimeReason } from "../../../firmware-config/kit/runtime-reason.ts";
import type { DetectorModel } from "../model.ts";
import { probeSession } from "./probe-session.ts";
import { refusal } from "./verdict.ts";

/** The process that tries a model; started by `probeModel` alone, which ends it when it takes too long. */
answerParent((model: DetectorModel) =>
  probeSession(model).catch((error: unknown) => refusal(runtimeReason(messageOf(error)))),
);
