import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { tempDir } from "./temp-dir.ts";

const mount = (options: string, dir: string) =>
  promisify(execFile)("mount", ["-t", "tmpfs", "-o", options, "tmpfs", dir]);

/** Whether this process may mount file systems; found out by doing it. */
export const canMount = (() => {
  const dir = mkdtempSync(join(tmpdir(), "kazoe-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", dir], { stdio: "ignore" });
    execFileSync("umount", [dir]);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(dir);
  }
})();

/** A file system of its own of `sizeMb`, in memory, that goes with the test. */
export async function smallDisk(sizeMb: number) {
  const dir = await tempDir();
  await mount(`size=${sizeMb}m`, dir);
  // Lazily: a test that failed may hold files open, and is to leave no mount behind.
  onTestFinished(() => void execFileSync("umount", ["--lazy", dir]));
  /** Another size, or read-only. */
  const remount = async (size: number | "ro") => {
    await mount(size === "ro" ? "remount,ro" : `remount,rw,size=${size}m`, dir);
  };
  return { dir, remount };
}
