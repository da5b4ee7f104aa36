import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { tryLock } from "fs-native-extensions";
import { AppError, systemCodeOf } from "../errors.ts";
import { setAside } from "./set-aside.ts";

const LOCK = "lock";
/** Without waiting: a FIFO in its place would hold the start until somebody reads it. Windows has no such flag, and no FIFOs. */
const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_NONBLOCK ?? 0);
/** Nor through a link, which may lead nowhere. */
const NO_LINK = constants.O_NOFOLLOW ?? 0;
/** What stands in the lock's place when it is no file of ours. */
const OBSTACLES: readonly string[] = ["EISDIR", "EACCES", "EPERM", "ELOOP", "ENXIO"];

/**
 * Keeps every other process out of `dir` until the handle is closed or this process dies: the lock is the kernel's, so a kill
 * leaves none behind. Throws `AppError` STORE_LOCKED when another has it.
 */
export async function lockFolder(dir: string): Promise<FileHandle> {
  const handle = await openLock(dir);
  try {
    // fs-native-extensions: open-file-description locks of the kernel (flock of Windows), its binary inside the npm package.
    if (tryLock(handle.fd)) return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  throw new AppError(`Another process has ${dir} open`, {
    code: "STORE_LOCKED",
    hint: "Stop that process (another kazoe, or a tool that reads the data), or give this one a dataDir of its own.",
  });
}

async function openLock(dir: string): Promise<FileHandle> {
  const path = join(dir, LOCK);
  try {
    const handle = await open(path, FLAGS | NO_LINK);
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
  } catch (error) {
    if (!OBSTACLES.includes(systemCodeOf(error) ?? "")) throw error;
  }
  await setAside(dir, LOCK);
  return open(path, FLAGS | NO_LINK);
}
