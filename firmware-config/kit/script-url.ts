import { existsSync } from "node:fs";
import { AppError } from "./errors.ts";

/**
 * Where a script of `folder/` is that runs in a thread or process of its own: in the caller's own build, or in `dist/` when the caller
 * runs from source (under vitest), because Node 20 cannot run TypeScript. Throws when it was not built.
 */
export function scriptUrl(callerUrl: string, folder: "edge-agent" | "cloud-ingest", script: string): URL {
  const root = callerUrl.endsWith(".ts") ? `/dist/${folder}/` : `/${folder}/`;
  const at = callerUrl.lastIndexOf(`/${folder}/`);
  const url = new URL(`${callerUrl.slice(0, at)}${root}${script}`);
  if (existsSync(url)) return url;
  throw new AppError(`dist/${folder}/${script} is missing`, { code: "INTERNAL", hint: "Type: npm run build" });
}
