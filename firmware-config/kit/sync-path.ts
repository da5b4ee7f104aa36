import { open, stat } from "node:fs/promises";

/** Waits until a file, or the names in a folder, are on the disk. Windows keeps a folder's names by itself and cannot open it. */
export async function syncPath(path: string): Promise<void> {
  if (process.platform === "win32" && (await stat(path)).isDirectory()) return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
