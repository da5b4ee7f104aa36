import { access, readFile, realpath, rm } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { AppError } from "../../firmware-config/kit/errors.ts";
import { makeFolder } from "../../firmware-config/kit/make-folder.ts";
import { writeWhole } from "../../firmware-config/kit/on-disk.ts";
import { storageError } from "../../firmware-config/kit/storage-error.ts";

/** All that a demo makes in its folder, and all that the next one takes away. */
const MADE = [
  ...["cloud-data", "device-data", "dashboard", "cloud.yaml", "device.yaml", "device.token"],
  ...["ill-device-data", "ill-device.yaml", "ill-device.token", "ill-camera.avi", "alert-rules"],
] as const;
const MARK = ".made-by-kazoe-demo";

/**
 * Makes the folder ready for a demo that starts from nothing. Takes away only what an earlier demo made and marked as its
 * own; throws when such names are there without the mark, when a demo still runs in the folder, or when what it `needed` lies
 * among what would go. Call what it returns at
 * the demo's end.
 */
export async function freshFolder(dir: string, needed: readonly string[] = []): Promise<() => Promise<void>> {
  try {
    for (const path of needed) await assertKept(dir, path);
    const mark = await readFile(join(dir, MARK), "utf8").catch(() => undefined);
    if (mark === undefined) await assertFree(dir);
    else await removeMade(dir, Number.parseInt(mark, 10));
    await makeFolder(dir);
    await writeMark(dir, process.pid);
    return () => writeMark(dir, 0);
  } catch (error) {
    throw storageError(error, dir);
  }
}

/** A video in the last demo's folders would be taken away before it is played. */
async function assertKept(dir: string, path: string): Promise<void> {
  const real = (one: string) => realpath(one).catch(() => resolve(one));
  const at = await real(path);
  for (const name of MADE) {
    const made = await real(join(dir, name));
    if (at !== made && !at.startsWith(`${made}${sep}`)) continue;
    throw new AppError(`${path} lies in ${join(dir, name)}, which a demo makes anew`, {
      code: "USAGE",
      hint: "Name another folder with --out, or move that file out of it.",
    });
  }
}

async function writeMark(dir: string, pid: number): Promise<void> {
  const text = `${pid} is the demo's process, 0 when none runs; the next demo here replaces ${MADE.join(", ")}.\n`;
  await writeWhole(join(dir, MARK), { parts: [text] });
}

async function assertFree(dir: string): Promise<void> {
  for (const name of MADE) {
    if (!(await exists(join(dir, name)))) continue;
    throw new AppError(`${join(dir, name)} is there and no demo made it`, {
      code: "USAGE",
      hint: "Name another folder with --out, or move that one aside.",
    });
  }
}

async function removeMade(dir: string, pid: number): Promise<void> {
  if (isRunning(pid)) {
    throw new AppError(`A demo still runs in ${dir} (process ${pid})`, {
      code: "STORE_LOCKED",
      hint: "Stop it with Ctrl-C, or name another folder with --out.",
    });
  }
  for (const name of MADE) await rm(join(dir, name), { recursive: true, force: true });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function isRunning(pid: number): boolean {
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
