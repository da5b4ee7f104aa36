import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Where models, samples and tools are kept: `KAZOE_HOME`, or `kazoe` in the user's cache. `setup-opencv.mjs` says the same. */
export function homeFolder(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.KAZOE_HOME || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "kazoe"));
}
