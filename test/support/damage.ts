import { chmod, mkdir, readFile, rm, truncate, writeFile } from "node:fs/promises";

/** What a power cut, a worn-out card or a hand may do to a file. */
export const DAMAGES = ["cut", "zeros", "flip", "empty", "folder", "garbage", "locked", "gone"] as const;

export type DamageKind = (typeof DAMAGES)[number];

/** Damages the file; `random` gives numbers from 0 to below 1. */
export async function damageFile(path: string, kind: DamageKind, random: () => number): Promise<void> {
  const bytes = await readFile(path);
  const at = Math.floor(random() * bytes.length);
  switch (kind) {
    case "cut":
      return truncate(path, at);
    case "empty":
      return truncate(path, 0);
    case "zeros":
      return writeFile(path, bytes.fill(0, at, Math.min(bytes.length, at + 1 + Math.floor(random() * bytes.length))));
    case "garbage":
      for (let i = at; i < Math.min(bytes.length, at + 512); i += 1) bytes[i] = Math.floor(random() * 256);
      return writeFile(path, bytes);
    case "flip":
      bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      return writeFile(path, bytes);
    case "locked":
      return chmod(path, 0);
    case "gone":
      return rm(path);
    case "folder":
      await rm(path);
      return void (await mkdir(path));
  }
}
