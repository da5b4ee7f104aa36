import { readlink, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { AppError } from "./errors.ts";

/** A file as a command line names it. */
export interface NamedFile {
  /** The option, or what stands for it: `--out`. */
  readonly option: string;
  readonly path: string;
}

const MOST_LINKS = 40;

/** A file that an option names, or none where it was not given. */
export const named = (option: string, path: string | undefined): readonly NamedFile[] =>
  path === undefined ? [] : [{ option, path }];

/**
 * Throws `AppError` USAGE when a file to be written is, by whatever name or link, one that is read or another that is written:
 * a command must never destroy what it works on.
 */
export async function assertApart(written: readonly NamedFile[], read: readonly NamedFile[]): Promise<void> {
  const owners = new Map<string, NamedFile>();
  for (const file of read) for (const identity of await identitiesOf(file.path)) owners.set(identity, file);
  for (const file of written) {
    const identities = await identitiesOf(file.path);
    const other = identities.map((identity) => owners.get(identity)).find((one) => one !== undefined);
    if (other)
      throw new AppError(`${file.option} and ${other.option} are the same file: ${file.path}`, {
        code: "USAGE",
        hint: `Name another file with ${file.option}; it would be written over.`,
      });
    for (const identity of identities) owners.set(identity, file);
  }
}

/** What two names of one file have in common: the file itself where it is there, and where its name leads in any case. */
async function identitiesOf(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  // A device or a pipe may take all outputs: /dev/null, /dev/stdout.
  if (found && !found.isFile()) return [];
  return [await endOf(resolve(path)), ...(found ? [`${found.dev}:${found.ino}`] : [])];
}

/** Where a file would be made that is not there: links and folders above it followed. */
async function endOf(path: string, links = 0): Promise<string> {
  const folder = await realpath(dirname(path)).catch(() => dirname(path));
  const at = join(folder, basename(path));
  const target = links < MOST_LINKS ? await readlink(at).catch(() => undefined) : undefined;
  return target === undefined ? at : endOf(resolve(folder, target), links + 1);
}
