import { gunzipSync } from "node:zlib";

const BLOCK_BYTES = 512;
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;
const REGULAR_FILE: readonly string[] = ["0", "\0"];

/** Files of a gzipped tar archive that lie directly in one folder, by their name there; nothing is written to disk. */
export function readTarFolder(archive: Uint8Array, folder: string): Map<string, Uint8Array> {
  const tar = gunzipSync(archive, { maxOutputLength: MAX_UNPACKED_BYTES });
  const files = new Map<string, Uint8Array>();
  let at = 0;
  while (at + BLOCK_BYTES <= tar.length && tar[at] !== 0) {
    const header = tar.subarray(at, at + BLOCK_BYTES);
    const bytes = Number.parseInt(textOf(header, 124, 12), 8);
    const start = at + BLOCK_BYTES;
    if (!(bytes >= 0) || start + bytes > tar.length) throw new RangeError("The archive ends inside a file");
    const name = textOf(header, 0, 100);
    const inside = name.slice(folder.length);
    if (
      REGULAR_FILE.includes(header.toString("latin1", 156, 157)) &&
      name.startsWith(folder) &&
      !inside.includes("/")
    ) {
      files.set(inside, tar.subarray(start, start + bytes));
    }
    at = start + Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
  }
  return files;
}

/** A field of the header, which ends at its first zero byte. */
function textOf(header: Buffer, offset: number, length: number): string {
  return header.toString("utf8", offset, offset + length).split("\0")[0] ?? "";
}
