import { existsSync } from "node:fs";
import { readdir, readlink } from "node:fs/promises";

const HANDLES = "/proc/self/fd";

/** True where the system tells which files this process has open. */
export const canSeeOpenFiles = existsSync(HANDLES);

/** The files below a folder that this process has open. */
export async function openFilesIn(dir: string): Promise<readonly string[]> {
  const handles = await readdir(HANDLES);
  const paths = await Promise.all(handles.map((handle) => readlink(`${HANDLES}/${handle}`).catch(() => "")));
  return paths.filter((path) => path.startsWith(dir));
}
