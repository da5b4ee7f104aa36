import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, statfs } from "node:fs/promises";
import { freemem } from "node:os";
import { join } from "node:path";
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

const MEMORY_DISK = "/dev/shm";
const LEAST_FREE_BYTES = 4 * 1024 ** 3;

/** As for the demo: compiled code, ffmpeg and the sample video. What cannot be had here is told, and what needs it is skipped. */
export async function setup(): Promise<() => Promise<void>> {
  await buildDist();
  const tidy = await useMemoryDisk();
  await orNote(() => ensureFfmpeg(note));
  if (streetVideo() === undefined) {
    note("Fetching the sample video (Debian package opencv-doc, 96 MB, once) ...\n");
    await orNote(() => ensureSampleVideo(SAMPLES_DIR, () => {}));
  }
  return tidy;
}

/**
 * Temporary folders lie in memory where there is enough: a kill or a cut file looks the same there, and a sync, of which the suites
 * wait for thousands, takes no time. What a real disk does is for the suites that bring their own.
 */
async function useMemoryDisk(): Promise<() => Promise<void>> {
  if (process.env.TMPDIR !== undefined || freemem() < LEAST_FREE_BYTES) return async () => {};
  const disk = await statfs(MEMORY_DISK).catch(() => undefined);
  if (disk === undefined || disk.bavail * disk.bsize < LEAST_FREE_BYTES) return async () => {};
  const dir = await mkdtemp(join(MEMORY_DISK, "kazoe-test-"));
  // As of any folder for temporary files: some tests become another user.
  await chmod(dir, 0o1777);
  process.env.TMPDIR = dir;
  return async () => {
    delete process.env.TMPDIR;
    await rm(dir, { recursive: true, force: true });
  };
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
