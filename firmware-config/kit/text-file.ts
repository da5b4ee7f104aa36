import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { systemCodeOf } from "./errors.ts";

/** Why a file will not do, in words that follow "is": "larger than 4096 bytes". */
export class UnfitFile extends Error {
  override readonly name = "UnfitFile";
}

export interface FileLimits {
  readonly maxBytes: number;
  /** A secret must not be open to every user of the machine. */
  readonly isSecret?: boolean;
}

/** Windows has no O_NONBLOCK, and no pipes among files. */
const { O_NONBLOCK = 0, O_RDONLY } = constants;
const OTHERS = 0o007;
const CHUNK_BYTES = 64 * 1024;
const UTF_16 = "not a text in UTF-8 but UTF-16; save the file as UTF-8";
const NO_TEXT = "not a text in UTF-8; save the file as UTF-8";

/**
 * The text of a regular file of UTF-8, whoever wrote it: LF, CRLF or CR end its lines, and all become LF; a byte order mark is left
 * out. Throws `UnfitFile`, or the system's error when the file cannot be read.
 */
export async function readTextFile(file: string, limits: FileLimits): Promise<string> {
  return textOf(await readBounded(file, limits));
}

function textOf(bytes: Uint8Array): string {
  if (isUtf16(bytes)) throw new UnfitFile(UTF_16);
  const text = decoded(bytes);
  if (text === undefined || text.includes("\0")) throw new UnfitFile(NO_TEXT);
  return text.replace(/\r\n?/g, "\n");
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    // It leaves out a byte order mark by itself.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** By its mark or, without one, by the zeros of its first character: no text of UTF-8 has any. */
function isUtf16([first, second]: Uint8Array): boolean {
  const isMarked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return isMarked || (first !== undefined && second !== undefined && (first === 0) !== (second === 0));
}

/** Opens a regular file to read. Reading anything else may wait for ever, for whoever writes to a pipe. Throws like `readTextFile`. */
export async function openRegular(file: string): Promise<FileHandle> {
  const handle = await open(file, O_RDONLY | O_NONBLOCK).catch((error: unknown) => {
    // No other file answers so.
    throw systemCodeOf(error) === "ENXIO" ? new UnfitFile("a socket or a device that is not there, not a file") : error;
  });
  try {
    await refuseOtherThanFile(handle);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The bytes of a regular file. Throws like `readTextFile`. */
export const readBytes = (file: string, limits: FileLimits): Promise<Uint8Array> => readBounded(file, limits);

/** A small file's bytes; reads no more than `maxBytes` and one. */
async function readBounded(file: string, { maxBytes, isSecret = false }: FileLimits): Promise<Buffer> {
  const handle = await openRegular(file);
  try {
    if (isSecret) await refuseOpenToAll(handle);
    const bytes = await readAtMost(handle, maxBytes + 1);
    if (bytes.length > maxBytes) throw new UnfitFile(`larger than ${sizeText(maxBytes)}`);
    return bytes;
  } finally {
    await handle.close();
  }
}

async function refuseOtherThanFile(handle: FileHandle): Promise<void> {
  const state = await handle.stat();
  if (state.isDirectory()) throw new UnfitFile("a folder, not a file");
  if (state.isFIFO()) throw new UnfitFile("a pipe, not a file; write what it gives into a file and name that");
  if (!state.isFile()) throw new UnfitFile("a device, not a file");
}

async function refuseOpenToAll(handle: FileHandle): Promise<void> {
  const { mode } = await handle.stat();
  if (process.platform !== "win32" && (mode & OTHERS) !== 0)
    throw new UnfitFile("open to every user of this machine; chmod 600 closes it");
}

async function readAtMost(handle: FileHandle, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let left = most; left > 0; ) {
    const chunk = Buffer.allocUnsafe(Math.min(left, CHUNK_BYTES));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, null);
    if (bytesRead === 0) break;
    chunks.push(chunk.subarray(0, bytesRead));
    left -= bytesRead;
  }
  return Buffer.concat(chunks);
}

const sizeText = (bytes: number) => (bytes % 1024 === 0 && bytes > 4096 ? `${bytes / 1024} KiB` : `${bytes} bytes`);
