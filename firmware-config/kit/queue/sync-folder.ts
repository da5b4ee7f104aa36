import { open } from "node:fs/promises";

/** Brings a folder's list of files to the disk; Windows keeps it by itself and cannot open a folder. */
export async function syncFolder(dir: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(dir, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
