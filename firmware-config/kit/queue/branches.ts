import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterOf } from "./queue-state.ts";
import { decode, HEADER_BYTES } from "./record.ts";
import type { Segment } from "./segment.ts";

export interface Branches {
  /** Segments that were written one after another, oldest first. */
  readonly own: readonly Segment[];
  /** Segments of another branch of the same folder: its numbers are taken by other entries here. */
  readonly others: readonly Segment[];
}

/** Where a record tells the length of its value; see `record.ts`. */
const LENGTH_AT = 8;
/** A state is some KB; what claims to be larger than this is damaged and not read. */
const MAX_HEAD_BYTES = 16 * 1024 * 1024;

/**
 * Tells apart the files of two branches of one folder, as when a backup was copied into it without emptying it. Nearly always
 * there is one, which the names tell; only when two claim the same place are their heads read.
 */
export async function branchesOf(dir: string, segments: readonly Segment[]): Promise<Branches> {
  if (!segments.some((segment, i) => i > 0 && isInTheWay(segments[i - 1], segment))) {
    return { own: segments, others: [] };
  }
  const left = await newestLast(dir, segments);
  const own: Segment[] = [];
  for (let next = left.at(-1); next; ) {
    const { serial } = next;
    own.unshift(next);
    const older = left.filter((one) => one.serial < serial);
    const after = afterOf(await headOf(dir, next));
    next = older.find((one) => one.name === after) ?? older.findLast((one) => after === undefined || one.name < after);
  }
  return { own, others: segments.filter((segment) => !own.includes(segment)) };
}

const isInTheWay = (before: Segment | undefined, { serial, firstId }: Segment) =>
  before !== undefined && (before.serial === serial || before.firstId > firstId);

/** Of two with the same serial the one that was written last comes last. */
async function newestLast(dir: string, segments: readonly Segment[]): Promise<readonly Segment[]> {
  const dated = await Promise.all(
    segments.map(async (segment) => ({ segment, at: (await stat(join(dir, segment.name))).mtimeMs })),
  );
  return dated.sort((a, b) => a.segment.serial - b.segment.serial || a.at - b.at).map(({ segment }) => segment);
}

/** The text of the snapshot that a segment begins with; undefined when it cannot be read. */
async function headOf(dir: string, { name, salt }: Segment): Promise<string | undefined> {
  const file = await open(join(dir, name), "r").catch(() => undefined);
  if (!file) return undefined;
  try {
    const start = Buffer.alloc(HEADER_BYTES);
    await file.read(start, 0, HEADER_BYTES, 0);
    const length = HEADER_BYTES + start.readUInt32LE(LENGTH_AT);
    if (length > MAX_HEAD_BYTES) return undefined;
    const bytes = Buffer.alloc(length);
    await file.read(bytes, 0, length, 0);
    const found = decode(bytes, 0, salt);
    return found?.record.type === "snapshot" ? found.record.text : undefined;
  } catch {
    // Whoever reads the whole file says what is wrong with it.
    return undefined;
  } finally {
    await file.close();
  }
}
