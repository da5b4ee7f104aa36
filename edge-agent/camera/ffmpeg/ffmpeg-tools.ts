import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { AppError, systemCodeOf } from "../../../firmware-config/kit/errors.ts";

/** Paths of the two programs. */
export interface FfmpegPaths {
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
}

/** The programs as found, with the version (major * 100 + minor) that decides which option names they know. */
export interface FfmpegTools extends FfmpegPaths {
  readonly version: number;
}

/** What to look for on the PATH. */
export const DEFAULT_FFMPEG: FfmpegPaths = { ffmpegPath: "ffmpeg", ffprobePath: "ffprobe" };

const INSTALL = {
  linux: "sudo apt-get install -y ffmpeg",
  darwin: "brew install ffmpeg",
  win32: "winget install ffmpeg",
} as const;
const VERSION_TIMEOUT_MS = 10_000;
const run = promisify(execFile);

/** Asks ffmpeg for its version; FFMPEG_NOT_FOUND names the command that installs it. */
export async function findFfmpeg(paths: FfmpegPaths): Promise<FfmpegTools> {
  try {
    const { stdout } = await run(paths.ffmpegPath, ["-version"], { timeout: VERSION_TIMEOUT_MS });
    return { ...paths, version: versionOf(stdout) };
  } catch (cause) {
    throw ffmpegMissing(paths.ffmpegPath, cause);
  }
}

/** The number in `ffmpeg version 5.1.9-0+deb12u1`; a build from git has none and counts as new. */
export function versionOf(text: string): number {
  const match = /version n?(\d+)\.(\d+)/.exec(text);
  return match === null ? 9999 : Number(match[1]) * 100 + Number(match[2]);
}

/** The error for a program that cannot be started. */
export function ffmpegMissing(path: string, cause: unknown): AppError {
  const missing = systemCodeOf(cause) === "ENOENT";
  return new AppError(missing ? `${path} is not installed` : `${path} does not start`, {
    code: "FFMPEG_NOT_FOUND",
    hint: `Type: ${installCommand()}`,
    cause,
  });
}

function installCommand(): string {
  if (process.platform === "darwin") return INSTALL.darwin;
  return process.platform === "win32" ? INSTALL.win32 : INSTALL.linux;
}
