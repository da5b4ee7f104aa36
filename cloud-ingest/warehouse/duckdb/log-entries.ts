import { checksumOf } from "./checksum.ts";

/** `WAL_VERSION`, version 2, and no more fields: what our files begin with. */
const HEADER = Buffer.from("640062650002ffff", "hex");
/** The same without the version and what follows it. */
const HEADER_START = HEADER.subarray(0, 5);
const HEADER_END = Buffer.from("ffff", "hex");
/** A later DuckDB writes more fields, such as a database id; none makes the header longer than this. */
const LONGEST_HEADER = 64;
/** Size and checksum in front of each entry, 8 bytes each. */
const FRAME_BYTES = 16;
/** Where an entry's type stands: behind the number of its field. */
const TYPE_AT = 2;
/** `CHECKPOINT` and `WAL_FLUSH` of DuckDB's `WALType`: what stands before one of them is complete. */
const CHECKPOINT = 99;
const FLUSH = 100;

export interface LogScan {
  /** Length of the front part that holds whole transactions and nothing else; 0 when there is none. */
  readonly goodBytes: number;
  /** True when only whole entries follow that part, of a transaction that was never committed: DuckDB undoes it by itself. */
  readonly isSound: boolean;
  /** True when that part ends where a checkpoint began: it belongs to the state before that checkpoint. */
  readonly endsInCheckpoint: boolean;
  /** What the file should begin with instead of what it does; undefined when its header is right. */
  readonly header?: Buffer;
}

/** Reads DuckDB's log as far as it is right: a header, then entries of size, checksum and that many bytes. */
export function scanLog(log: Buffer): LogScan {
  const start = firstEntryAt(log);
  if (start === undefined) return { goodBytes: 0, isSound: isHeaderAlone(log), endsInCheckpoint: false };
  let at = start;
  let goodBytes = 0;
  let endsInCheckpoint = false;
  for (let entry = entryAt(log, at); entry; entry = entryAt(log, at)) {
    at += FRAME_BYTES + entry.length;
    const type = entry[TYPE_AT];
    if (type !== CHECKPOINT && type !== FLUSH) continue;
    goodBytes = at;
    endsInCheckpoint = type === CHECKPOINT;
  }
  const isDamagedHeader = start === HEADER.length && !log.subarray(0, start).equals(HEADER);
  return { goodBytes, isSound: at === log.length, endsInCheckpoint, ...(isDamagedHeader && { header: HEADER }) };
}

const isHeaderAlone = (log: Buffer) => log.length === 0 || log.equals(HEADER);

/** The first entry follows the header of ours, or of one more with more fields; what decides is a checksum that is right. */
function firstEntryAt(log: Buffer): number | undefined {
  if (entryAt(log, HEADER.length)) return HEADER.length;
  if (!log.subarray(0, HEADER_START.length).equals(HEADER_START) || log.subarray(0, HEADER.length).equals(HEADER))
    return undefined;
  for (let end = log.indexOf(HEADER_END); end >= 0 && end < LONGEST_HEADER; end = log.indexOf(HEADER_END, end + 1)) {
    const at = end + HEADER_END.length;
    if (entryAt(log, at)) return at;
  }
  return undefined;
}

/** The bytes of a whole and undamaged entry. */
function entryAt(log: Buffer, at: number): Buffer | undefined {
  if (at + FRAME_BYTES > log.length) return undefined;
  const size = log.readBigUInt64LE(at);
  if (size === 0n || size > BigInt(log.length - at - FRAME_BYTES)) return undefined;
  const entry = log.subarray(at + FRAME_BYTES, at + FRAME_BYTES + Number(size));
  return checksumOf(entry) === log.readBigUInt64LE(at + 8) ? entry : undefined;
}
