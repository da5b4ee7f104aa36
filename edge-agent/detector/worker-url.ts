import { existsSync } from "node:fs";
import { AppError } from "../../firmware-config/kit/errors.ts";

/**
 * Where the worker's JavaScript is: beside the compiled caller, or in `dist/` when the caller runs from source
 * (under vitest), because a worker thread on Node 20 cannot run TypeScript. Throws when it was not built.
 */
export function workerUrl(callerUrl: string): URL {
  const fromSource = callerUrl.endsWith(".ts");
  const path = fromSource ? "../../dist/edge-agent/detector/session-worker.js" : "./session-worker.js";
  const url = new URL(path, callerUrl);
  if (existsSync(url)) return url;
  throw new AppError("dist/edge-agent/detector/session-worker.js is missing", {
    code: "INTERNAL",
    hint: "Type: npm run build",
  });
}
