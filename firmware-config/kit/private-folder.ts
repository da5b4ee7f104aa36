import { chmod, stat } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, systemCodeOf } from "./errors.ts";
import type { Log } from "./log.ts";

/** What folders of data are made with: what was counted, and where, is nobody else's, and who may read a file may also lock it. */
export const PRIVATE_FOLDER = 0o700;
const OTHERS = 0o077;

/**
 * Takes away what group and others may do in those folders of `dir` that are there, and says so. A closed folder closes all that is
 * in it. `dir` itself may hold more than ours and stays as it is. Where that cannot be done, it is said and nothing else.
 */
export async function closeFolders(dir: string, names: readonly string[], log: Log): Promise<void> {
  for (const folder of names) {
    try {
      const path = join(dir, folder);
      const { mode } = await stat(path);
      if ((mode & OTHERS) === 0 || process.platform === "win32") continue;
      await chmod(path, mode & PRIVATE_FOLDER);
      log.warn({ folder }, "other users of this machine could read a folder of the data; it is closed to them now");
    } catch (error) {
      if (systemCodeOf(error) === "ENOENT") continue;
      const hint = "Let the user of kazoe own it: chown and chmod 700.";
      log.warn({ folder, error: messageOf(error), hint }, "other users of this machine can read a folder of the data");
    }
  }
}
