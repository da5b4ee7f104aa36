import { randomInt } from "node:crypto";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { decode, HEADER_BYTES } from "./record.ts";
import { type EntryIndex, scan } from "./scan.ts";

/** One entry as it was read. */
export interface ReadEntry {
  readonly id: number;
  readonly value: Uint8Array;
  /** True when the entry cannot be read any more: then `value` is what is left of its bytes, perhaps none. */
  readonly damaged: boolean;
}

/** A file of the queue, and what is known of it without reading it. */
export interface Segment {
  readonly name: string;
  /** Grows from file to file. */
  readonly serial: number;
  readonly salt: number;
  readonly firstId: number;
  /** Less than `firstId` when it holds no entry. */
  lastId: number;
  fileBytes: number;
}

/** No file of ours is larger: it is closed at a few MB, and what is written in one go is bounded. */
export const MAX_SEGMENT_BYTES = 64 * 1024 * 1024;
const NAME = /^(\d{8,15})-(\d{16})-([0-9a-f]{8})\.seg$/;

/** A new segment that begins with the entry `firstId`. */
export function createSegment(serial: number, firstId: number): Segment {
  const salt = randomInt(2 ** 32);
  const digits = [String(serial).padStart(8, "0"), String(firstId).padStart(16, "0"), hex(salt)];
  return { name: `${digits.join("-")}.seg`, serial, salt, firstId, lastId: firstId - 1, fileBytes: 0 };
}

/** What the name of a file says; undefined when it is none of a segment. */
export function segmentOf(name: string): Segment | undefined {
  const [, serial, firstId, salt = ""] = NAME.exec(name) ?? [];
  if (serial === undefined) return undefined;
  const first = Number(firstId);
  return {
    name,
    serial: Number(serial),
    salt: Number.parseInt(salt, 16),
    firstId: first,
    lastId: first - 1,
    fileBytes: 0,
  };
}

/** What is wanted of a segment: these ids, which are in it, in order. */
export interface Wanted {
  readonly dir: string;
  readonly segment: Segment;
  readonly index: EntryIndex;
  readonly ids: readonly number[];
}

/** Reads entries in one go and looks at each checksum again: a disk may lose a bit at any time. */
export async function readEntries({ dir, segment, index, ids }: Wanted): Promise<readonly ReadEntry[]> {
  const places = ids.map((id) => placeOf(index, id));
  const from = Math.min(...places.map(({ start }) => start));
  const to = Math.max(...places.map(({ end }) => end));
  const bytes = await readSpan(join(dir, segment.name), from, to - from);
  return places.map(({ id, start, end, isDamaged }) => {
    const found = isDamaged ? undefined : decode(bytes, start - from, segment.salt);
    if (found?.record.type === "entry" && found.record.id === id)
      return { id, value: found.record.value, damaged: false };
    return { id, value: bytes.subarray(start - from, end - from), damaged: true };
  });
}

/** All entries of a file that can be read, and how many bytes cannot. */
export async function entriesOf(dir: string, { name, salt, firstId }: Segment) {
  const bytes = await readSegment(dir, { name });
  const { index, damage, torn } = scan(bytes, { salt, firstId });
  const values = index.starts.flatMap((start, i) =>
    index.damaged.has(firstId + i) ? [] : [bytes.subarray(start, start + (index.sizes[i] ?? 0))],
  );
  return { values, damagedBytes: damage.reduce((sum, { start, end }) => sum + end - start, torn) };
}

/** `start` is that of the record, or of the damaged bytes. */
function placeOf(index: EntryIndex, id: number) {
  const at = index.starts[id - index.firstId] ?? 0;
  const isDamaged = index.damaged.has(id);
  const end = at + index.sizeOf(id);
  return { id, start: isDamaged ? at : at - HEADER_BYTES, end, isDamaged };
}

/** A whole file, or the part of it that can be ours. */
export async function readSegment(dir: string, { name }: Pick<Segment, "name">): Promise<Buffer> {
  const file = join(dir, name);
  return readSpan(file, 0, Math.min((await stat(file)).size, MAX_SEGMENT_BYTES));
}

async function readSpan(file: string, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  if (length === 0) return bytes;
  const handle = await open(file, "r");
  try {
    let done = 0;
    while (done < length) {
      const { bytesRead } = await handle.read(bytes, done, length - done, from + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  } finally {
    await handle.close();
  }
}

const hex = (salt: number) => salt.toString(16).padStart(8, "0");
