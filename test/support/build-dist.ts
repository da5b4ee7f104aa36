import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const WORKER = `${ROOT}dist/edge-agent/detector/session-worker.js`;
const run = promisify(execFile);

/** Compiles to `dist/` before the tests: worker threads and child processes run from there. Type errors are for `tsc --noEmit`. */
export async function setup(): Promise<void> {
  if (!existsSync(WORKER)) await rm(`${ROOT}node_modules/.cache/kazoe/tsbuildinfo.build`, { force: true });
  const tsc = `${ROOT}node_modules/typescript/bin/tsc`;
  await run(process.execPath, [tsc, "-p", "deploy/tsconfig.build.json"], { cwd: ROOT }).catch(() => {});
  if (!existsSync(WORKER)) throw new Error("tsc -p deploy/tsconfig.build.json wrote nothing to dist/");
}
