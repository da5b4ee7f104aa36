import { AppError } from "../../firmware-config/kit/errors.ts";
import { runProgram } from "./run-program.ts";

const INSTALL = "apt-get update && apt-get install -y --no-install-recommends ffmpeg";

/** Sees that ffmpeg is there; on Debian, as root, installs the package. Throws `AppError` with the one command to type. */
export async function ensureFfmpeg(note: (text: string) => void): Promise<void> {
  if (await hasFfmpeg()) return;
  if (process.getuid?.() === 0 && (await has("apt-get"))) {
    note("Installing ffmpeg (Debian package, once) ...\n");
    const { status, output } = await runProgram("sh", ["-c", INSTALL]);
    if (status === 0 && (await hasFfmpeg())) return;
    throw missing(output.trim().split("\n").at(-1) ?? "");
  }
  throw missing("");
}

async function hasFfmpeg(): Promise<boolean> {
  return (await has("ffmpeg", "-version")) && (await has("ffprobe", "-version"));
}

async function has(program: string, probe = "--version"): Promise<boolean> {
  return (await runProgram(program, [probe])).status === 0;
}

function missing(detail: string): AppError {
  return new AppError(`ffmpeg is not installed${detail ? `, and installing it failed: ${detail}` : ""}`, {
    code: "FFMPEG_NOT_FOUND",
    hint: `Type: sudo sh -c "${INSTALL}"`,
  });
}
