import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ensureFfmpeg } from "../../deploy/setup/ffmpeg.ts";
import { ensureSampleVideo } from "../../deploy/setup/sample-video.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import { SAMPLES_DIR, streetVideo } from "./sample.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const WORKER = `${ROOT}dist/edge-agent/detector/session-worker.js`;
const run = promisify(execFile);
const note = (text: string) => void process.stderr.write(text);

/** As for the demo: compiled code, ffmpeg and the sample video. What cannot be had here is told, and what needs it is skipped. */
export async function setup(): Promise<void> {
  await buildDist();
  await orNote(() => ensureFfmpeg(note));
  if (streetVideo() !== undefined) return;
  note("Fetching the sample video (Debian package opencv-doc, 96 MB, once) ...\n");
  await orNote(() => ensureSampleVideo(SAMPLES_DIR, () => {}));
}

/** Worker threads and child processes run from `dist/`. Type errors are for `tsc --noEmit`. */
async function buildDist(): Promise<void> {
  if (!existsSync(WORKER)) await rm(`${ROOT}node_modules/.cache/kazoe/tsbuildinfo.build`, { force: true });
  const tsc = `${ROOT}node_modules/typescript/bin/tsc`;
  await run(process.execPath, [tsc, "-p", "deploy/tsconfig.build.json"], { cwd: ROOT }).catch(() => {});
  if (!existsSync(WORKER)) throw new Error("tsc -p deploy/tsconfig.build.json wrote nothing to dist/");
}

async function orNote(step: () => Promise<unknown>): Promise<void> {
  try {
    await step();
  } catch (error) {
    note(`${messageOf(error)}. Tests that need it are skipped.\n`);
  }
}
