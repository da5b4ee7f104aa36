import { AskThread } from "../../firmware-config/kit/ask-thread.ts";
import { scriptUrl } from "../../firmware-config/kit/script-url.ts";
import type { JudgedPanel, JudgeWish } from "./judge-and-clean.ts";

/** Judges panels in a thread of its own. */
export const createJudgeThread = (): AskThread<JudgeWish, JudgedPanel> =>
  new AskThread(() => scriptUrl(import.meta.url, "cloud-ingest", "quality/judge-worker.js"));
