import type { OnDamage } from "./damage-report.ts";
import { setAside } from "./set-aside.ts";

/** Failures that are the file's own, not those of a machine short of something. */
export const UNREADABLE: readonly string[] = ["EACCES", "EPERM", "EISDIR", "EIO", "ELOOP", "ENXIO"];

/** Sets a file or folder aside that cannot be read, and says so; the ids that stood in it are told as missing. */
export async function giveUp(dir: string, file: string, onDamage: OnDamage): Promise<void> {
  await setAside(dir, file);
  onDamage({ kind: "unreadable", file, ids: 0, bytes: 0 });
}
