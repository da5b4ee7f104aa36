import { crc32 } from "node:zlib";

/** An entry of the queue; `needsCommit`: it counts only with the commit that follows it. */
export interface EntryRecord {
  readonly type: "entry";
  readonly id: number;
  readonly needsCommit: boolean;
  readonly value: Uint8Array;
}

/** A change of the state (`commit`) or all of it (`snapshot`), as a text; `id` is the newest entry's by then. */
export interface StateRecord {
  readonly type: "commit" | "snapshot";
  readonly id: number;
  readonly text: string;
}

export type QueueRecord = EntryRecord | StateRecord;

/** A record that was read, and where it stands in its buffer. */
export interface Found {
  readonly record: QueueRecord;
  /** Offset of its value. */
  readonly valueAt: number;
  /** Offset behind it. */
  readonly end: number;
}

/** Where a record begins: no valid UTF-8, so that no text holds it by chance. */
export const MARKER = Buffer.from([0xd6, 0x4b, 0x5a, 0x01]);
/** Stands behind a record: what ends with it was written to its end. Not under the checksum. */
const END_MARKER = Buffer.from([0x01, 0x5a, 0x4b, 0xd6]);
const MARKER_LE = MARKER.readUInt32LE();
const END_MARKER_LE = END_MARKER.readUInt32LE();

// Marker (4 bytes), CRC-32 of all that follows up to the end marker (4), length of the value (4), type (1), needsCommit (1),
// id (6), value, end marker (4). Little-endian.
const CHECKED_FROM = 8;
export const HEADER_BYTES = 20;
const OVERHEAD_BYTES = HEADER_BYTES + END_MARKER.length;
const TYPES = ["entry", "commit", "snapshot"] as const;

/** Bytes that the record takes in a file. */
export function sizeOf(record: QueueRecord): number {
  return OVERHEAD_BYTES + (record.type === "entry" ? record.value.byteLength : Buffer.byteLength(record.text));
}

/**
 * Writes the record at `at`; gives the offset behind it. The salt is the segment's own: without it nobody can make bytes that
 * pass for a record, and what a file held that stood in the same place of the disk before is none.
 */
export function encode(record: QueueRecord, bytes: Buffer, at: number, salt: number): number {
  const valueAt = at + HEADER_BYTES;
  const valueEnd = at + sizeOf(record) - END_MARKER.length;
  bytes.writeUInt32LE(MARKER_LE, at);
  bytes.writeUInt32LE(valueEnd - valueAt, at + 8);
  bytes[at + 12] = TYPES.indexOf(record.type);
  bytes[at + 13] = record.type === "entry" && record.needsCommit ? 1 : 0;
  bytes.writeUIntLE(record.id, at + 14, 6);
  if (record.type === "entry") bytes.set(record.value, valueAt);
  else bytes.write(record.text, valueAt);
  bytes.writeUInt32LE(crc32(bytes.subarray(at + CHECKED_FROM, valueEnd), salt), at + 4);
  bytes.writeUInt32LE(END_MARKER_LE, valueEnd);
  return valueEnd + END_MARKER.length;
}

/** The record at `at` when its marker and checksum hold; undefined for anything else. Its value is a view of `bytes`. */
export function decode(bytes: Buffer, at: number, salt: number): Found | undefined {
  const valueAt = at + HEADER_BYTES;
  if (valueAt > bytes.length || bytes.readUInt32LE(at) !== MARKER_LE) return undefined;
  const valueEnd = valueAt + bytes.readUInt32LE(at + 8);
  if (valueEnd > bytes.length) return undefined;
  if (crc32(bytes.subarray(at + CHECKED_FROM, valueEnd), salt) !== bytes.readUInt32LE(at + 4)) return undefined;
  const type = TYPES[bytes.readUInt8(at + 12)];
  if (type === undefined) return undefined;
  const id = bytes.readUIntLE(at + 14, 6);
  const value = bytes.subarray(valueAt, valueEnd);
  const end = Math.min(bytes.length, valueEnd + END_MARKER.length);
  if (type !== "entry") return { record: { type, id, text: value.toString() }, valueAt, end };
  return { record: { type, id, needsCommit: bytes.readUInt8(at + 13) === 1, value }, valueAt, end };
}

/** Whether the bytes end as a record does: then the last write went through, whatever became of its bytes since. */
export function isWrittenToEnd(bytes: Buffer): boolean {
  return END_MARKER.equals(bytes.subarray(-END_MARKER.length));
}
