import { parentPort } from "node:worker_threads";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import { type JudgeWish, judgeAndClean } from "./judge-and-clean.ts";

// One panel after the other, as they come.
parentPort?.on("message", ({ id, wish }: { readonly id: number; readonly wish: JudgeWish }) => {
  try {
    parentPort?.postMessage({ id, judged: judgeAndClean(wish) });
  } catch (error) {
    parentPort?.postMessage({ id, error: messageOf(error) });
  }
});
