import { copyFile, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { syncPath } from "../../../firmware-config/kit/sync-path.ts";
import { emptyWhenMissing, makeFolder } from "./cold-files.ts";

/** Where damaged files lie, inside the warehouse's folder. */
export const DAMAGED = "damaged";
/** Of one name; enough to look into what went wrong, and three times the hot database at the most. */
const MOST_KEPT = 3;

/** Keeps a damaged file as `damaged/{name}.{number}`, moved or copied; the oldest beyond three go. Returns where it lies. */
export async function setAside(dir: string, name: string, how: "move" | "copy"): Promise<string> {
  const folder = join(dir, DAMAGED);
  await makeFolder(folder);
  const known = await keptOf(dir, name);
  const kept = `${name}.${(known.at(-1) ?? 0) + 1}`;
  await (how === "move" ? rename : copyFile)(join(dir, name), join(folder, kept));
  await syncPath(folder);
  for (const number of known.slice(0, 1 - MOST_KEPT)) await rm(join(folder, `${name}.${number}`), { recursive: true });
  return `${DAMAGED}/${kept}`;
}

/** The numbers under which files of that name were set aside, ascending. */
export async function keptOf(dir: string, name: string): Promise<readonly number[]> {
  const files = await readdir(join(dir, DAMAGED)).catch(emptyWhenMissing);
  return files
    .filter((file) => file.startsWith(`${name}.`))
    .map((file) => Number(file.slice(name.length + 1)))
    .filter((number) => Number.isInteger(number))
    .sort((a, b) => a - b);
}
