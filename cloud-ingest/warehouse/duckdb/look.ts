import { lstat, stat } from "node:fs/promises";
import { systemCodeOf } from "../../../firmware-config/kit/errors.ts";

/** What stands at a path, in words that fit behind "is". */
export type Kind =
  | "missing"
  | "a file"
  | "a folder"
  | "a named pipe"
  | "a socket"
  | "a device"
  | "a link that leads nowhere";

export interface Look {
  readonly kind: Kind;
  readonly bytes: number;
}

/**
 * What stands at a path, without opening it: whoever opens a named pipe waits for ever. A link is what it leads to. Rejects with what
 * the system says when it cannot be seen.
 */
export async function lookAt(path: string): Promise<Look> {
  try {
    const found = await stat(path);
    return { kind: kindOf(found), bytes: found.size };
  } catch (error) {
    if (!NOWHERE.includes(systemCodeOf(error) ?? "")) throw error;
    return { kind: (await isLink(path)) ? "a link that leads nowhere" : "missing", bytes: 0 };
  }
}

const NOWHERE: readonly string[] = ["ENOENT", "ENOTDIR", "ELOOP"];

function kindOf(found: Awaited<ReturnType<typeof stat>>): Kind {
  if (found.isFile()) return "a file";
  if (found.isDirectory()) return "a folder";
  if (found.isFIFO()) return "a named pipe";
  return found.isSocket() ? "a socket" : "a device";
}

const isLink = (path: string) =>
  lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
