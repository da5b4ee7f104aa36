import { existsSync } from "node:fs";
import { AppError } from "../../firmware-config/kit/errors.ts";

/** Where the worker's JavaScript is; see `scriptUrl`. */
export function workerUrl(callerUrl: string): URL {
  return scriptUrl(callerUrl, "detector/session-worker.js");
}

/**
 * Where a script of `edge-agent/` is that runs in a thread or process of its own: in the caller's own build, or in `dist/` when
 * the caller runs from source (under vitest), because Node 20 cannot run TypeScript. Throws when it was not built.
 */
export function scriptUrl(callerUrl: string, script: string): URL {
  const root = callerUrl.endsWith(".ts") ? "/dist/edge-agent/" : "/edge-agent/";
  const url = new URL(callerUrl.replace(/\/edge-agent\/(?!.*\/edge-agent\/).*$/, `${root}${script}`));
  if (existsSync(url)) return url;
  throw new AppError(`dist/edge-agent/${script} is missing`, { code: "INTERNAL", hint: "Type: npm run build" });
}
