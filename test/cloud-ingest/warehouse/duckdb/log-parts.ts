import { checksumOf } from "../../../../cloud-ingest/warehouse/duckdb/checksum.ts";

/** What a log of DuckDB begins with. */
export const HEADER = Buffer.from("640062650002ffff", "hex");

/** An entry as DuckDB writes it: size, checksum, then the bytes, of which the third says what it is. */
export function entryOf(type: number, length = 20): Buffer {
  const bytes = Buffer.alloc(length, 0x5a);
  bytes.set([0x64, 0, type]);
  const frame = Buffer.alloc(16);
  frame.writeBigUInt64LE(BigInt(length), 0);
  frame.writeBigUInt64LE(checksumOf(bytes), 8);
  return Buffer.concat([frame, bytes]);
}

/** Rows of a transaction, its end, and the begin of a checkpoint. */
export const ROWS = entryOf(26);
export const FLUSH = entryOf(100);
export const CHECKPOINT = entryOf(99);

/** With one bit of that byte flipped. */
export function flipped(whole: Buffer, at: number): Buffer {
  const bytes = Buffer.from(whole);
  bytes[at] = (bytes[at] ?? 0) ^ 4;
  return bytes;
}
