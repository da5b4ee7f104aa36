import { scriptUrl } from "../../firmware-config/kit/script-url.ts";

/** Where the worker's JavaScript is; see `scriptUrl`. */
export function workerUrl(callerUrl: string): URL {
  return scriptUrl(callerUrl, "edge-agent", "detector/session-worker.js");
}
