import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError, systemCodeOf } from "./errors.ts";

/**
 * Makes a folder and those above it, and gives the topmost that it made; undefined when all were there. Node's own recursive
 * `mkdir` never ends where a folder is there but takes none (`/proc`). Throws DISK_UNWRITABLE for that, and what `mkdir` throws.
 */
export async function makeFolder(path: string, mode?: number): Promise<string | undefined> {
  const cause = await tryToMake(path, mode);
  if (cause === undefined) return path;
  if (await isFolder(path)) return undefined;
  const parent = dirname(path);
  if (systemCodeOf(cause) !== "ENOENT" || parent === path) throw cause;
  const topmost = await makeFolder(parent, mode);
  const again = await tryToMake(path, mode);
  if (again === undefined) return topmost ?? path;
  if (await isFolder(path)) return topmost;
  throw systemCodeOf(again) === "ENOENT" ? takesNone(path, again) : again;
}

async function tryToMake(path: string, mode: number | undefined): Promise<unknown> {
  return mkdir(path, { mode }).then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function takesNone(path: string, cause: unknown): AppError {
  return new AppError(`Cannot write to ${path}: no folder can be made there`, {
    code: "DISK_UNWRITABLE",
    hint: "Name a folder on a disk that can be written.",
    cause,
  });
}
