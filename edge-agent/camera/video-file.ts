import { open, stat } from "node:fs/promises";
import { AppError, messageOf, systemCodeOf } from "../../firmware-config/kit/errors.ts";

/** Throws what a reader would say less clearly, or, of a named pipe that nobody writes to, never. */
export async function assertFile(path: string): Promise<void> {
  const hint = "Give the path of a video file.";
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new AppError(`${path} is a folder`, { code: "VIDEO_NOT_FOUND", hint });
    if (!found.isFile()) throw new AppError(`${path} is not a file`, { code: "VIDEO_NOT_FOUND", hint });
    // By opening it: access(2) asks for the real user, files open for the effective one.
    await (await open(path)).close();
  } catch (cause) {
    throw cause instanceof AppError ? cause : closedFile(path, cause);
  }
}

function closedFile(path: string, cause: unknown): AppError {
  const isForbidden = /^(EACCES|EPERM)$/.test(systemCodeOf(cause) ?? "");
  return new AppError(`${path}: ${messageOf(cause)}`, {
    code: isForbidden ? "VIDEO_UNREADABLE" : "VIDEO_NOT_FOUND",
    hint: isForbidden ? "Make the file readable for this user." : "Check the path of the video file.",
    cause,
  });
}
