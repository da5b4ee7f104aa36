import { readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../make-folder.ts";

/** Folder, inside that of the queue, of what is damaged: for somebody who wants to rescue more. */
const ASIDE = "damaged";
/** Damaged bytes that are kept: a few segments' worth; the oldest go. */
const MAX_BYTES = 32 * 1024 * 1024;
/** Damaged files that are kept, for those of no size. */
const MAX_FILES = 64;

/** Moves a file or folder of `dir` out of the way, under a name that is free. Throws when it cannot be moved. */
export async function setAside(dir: string, name: string): Promise<void> {
  await makeRoom(dir, 0);
  await rename(join(dir, name), join(dir, ASIDE, await freeName(dir, name)));
}

/** Keeps a copy of damaged bytes under that name, once; what the disk does not take is not worth an error. */
export async function keepCopy(dir: string, name: string, bytes: Uint8Array): Promise<void> {
  if (bytes.byteLength > MAX_BYTES) return;
  try {
    await makeRoom(dir, bytes.byteLength);
    await writeFile(join(dir, ASIDE, name), bytes, { mode: 0o600 });
  } catch {
    // The bytes also stand where they were found.
  }
}

async function makeRoom(dir: string, bytes: number): Promise<void> {
  const folder = join(dir, ASIDE);
  await makeFolder(folder).catch(async () => {
    // Something else stands in its place.
    await rm(folder, { force: true });
    await makeFolder(folder);
  });
  const names = await readdir(folder);
  const kept = await Promise.all(names.map(async (name) => ({ name, state: await stat(join(folder, name)) })));
  kept.sort((a, b) => a.state.mtimeMs - b.state.mtimeMs);
  let total = kept.reduce((sum, { state }) => sum + state.size, bytes);
  for (const [i, { name, state }] of kept.entries()) {
    if (total <= MAX_BYTES && kept.length - i < MAX_FILES) return;
    await rm(join(folder, name), { recursive: true, force: true });
    total -= state.size;
  }
}

async function freeName(dir: string, name: string): Promise<string> {
  const taken = new Set(await readdir(join(dir, ASIDE)));
  let free = name;
  for (let i = 1; taken.has(free); i += 1) free = `${name}.${i}`;
  return free;
}
