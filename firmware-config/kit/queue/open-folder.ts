import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { systemCodeOf } from "../errors.ts";
import { branchesOf } from "./branches.ts";
import type { OnDamage } from "./damage-report.ts";
import { readMark } from "./mark.ts";
import { type QueueState, stateFrom } from "./queue-state.ts";
import type { StateRecord } from "./record.ts";
import { type Scan, scan } from "./scan.ts";
import { createSegment, MAX_SEGMENT_BYTES, readSegment, type Segment, segmentOf } from "./segment.ts";
import { keepCopy } from "./set-aside.ts";
import { giveUp, UNREADABLE } from "./unreadable.ts";

export interface OpenedFolder {
  /** Oldest first; together they hold every id from the first one's `firstId` to `lastId`. */
  readonly segments: readonly Segment[];
  /** Files of another branch of this folder, whose entries are to be appended again. */
  readonly others: readonly Segment[];
  readonly state: QueueState;
  readonly lastId: number;
  /** Notes as the mark beside the segments has them. */
  readonly marked: ReadonlyMap<string, string>;
}

/**
 * Finds the segments and rebuilds the state. What cannot be read at all is set aside and said, and its ids count as missing;
 * so do those which the mark knows of and no segment does.
 */
export async function openFolder(dir: string, onDamage: OnDamage): Promise<OpenedFolder> {
  const { own, others } = await branchesOf(dir, await listSegments(dir, onDamage));
  const segments = [...own];
  const mark = await readMark(dir);
  const records: StateRecord[] = [];
  let lastId = 0;
  // The newest segment begins with the whole state; those before it are read only when that is damaged.
  for (let i = segments.length - 1; i >= 0; i -= 1) {
    const segment = segments[i];
    const bytes = segment && (await readOrSetAside(dir, segment, onDamage));
    if (!segment) break;
    lastId = Math.max(lastId, segment.firstId - 1);
    if (!bytes) {
      segments.splice(i, 1);
      continue;
    }
    const next = segments[i + 1];
    const found = scan(bytes, { ...segment, lastId: next && next.firstId - 1, toldId: mark?.lastId });
    if (!next && found.index.lastId >= (mark?.lastId ?? 0)) await tellTorn(dir, segment, { bytes, found, onDamage });
    if (!next && found.index.lastId < segment.firstId) await tellLostState(dir, segment, { bytes, found, onDamage });
    lastId = Math.max(lastId, found.index.lastId);
    records.unshift(...found.states);
    if (found.states.some(({ type }) => type === "snapshot")) break;
  }
  const state = stateFrom(records);
  // Without a state nobody knows what was before the oldest file: it has left.
  const isKnown = records.some(({ type }) => type === "snapshot");
  if (!isKnown || segments.length === 0) state.removed.add(1, (segments[0]?.firstId ?? lastId + 1) - 1);
  if (mark && mark.lastId > lastId) {
    lastId = mark.lastId;
    state.apply({ removed: [[1, Math.min(mark.leftThrough, lastId)]], notes: mark.notes });
    // All files are gone: one that is not there stands for what they held.
    if (segments.length === 0) segments.push(createSegment(1, state.removed.nextMissing(1)));
  }
  return { segments: connected(segments, state, lastId), others, state, lastId, marked: mark?.notes ?? new Map() };
}

async function listSegments(dir: string, onDamage: OnDamage): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (const file of await readdir(dir, { withFileTypes: true })) {
    const segment = segmentOf(file.name);
    if (!segment) continue;
    if (!file.isFile()) {
      await giveUp(dir, file.name, onDamage);
      continue;
    }
    const fileBytes = (await stat(join(dir, file.name))).size;
    segments.push({ ...segment, fileBytes });
    // What stands behind it is too much for `damaged/` and stays where it is; the file goes once its entries have left.
    const bytes = fileBytes - MAX_SEGMENT_BYTES;
    if (bytes > 0) onDamage({ kind: "damaged", file: file.name, ids: 0, bytes });
  }
  return segments.sort((a, b) => a.serial - b.serial);
}

async function readOrSetAside(dir: string, segment: Segment, onDamage: OnDamage): Promise<Buffer | undefined> {
  try {
    return await readSegment(dir, segment);
  } catch (error) {
    if (!UNREADABLE.includes(systemCodeOf(error) ?? "")) throw error;
    await giveUp(dir, segment.name, onDamage);
    return undefined;
  }
}

interface Ended {
  readonly bytes: Buffer;
  readonly found: Scan;
  readonly onDamage: OnDamage;
}

async function tellTorn(dir: string, { name: file }: Segment, { bytes, found, onDamage }: Ended): Promise<void> {
  if (found.torn === 0) return;
  const start = bytes.length - found.torn;
  await keepCopy(dir, `${file}.${start}-torn`, bytes.subarray(start));
  onDamage({ kind: "torn", file, ids: 0, bytes: found.torn });
}

/** Of a file without entries, which nobody reads again. */
async function tellLostState(dir: string, { name: file }: Segment, { bytes, found, onDamage }: Ended): Promise<void> {
  for (const { start, end } of found.damage) {
    await keepCopy(dir, `${file}.${start}-${end}`, bytes.subarray(start, end));
    onDamage({ kind: "damaged", file, ids: 0, bytes: end - start });
  }
}

/** Lets each segment reach to the next, and the first one begin with the oldest entry that has not left: so no id is forgotten. */
function connected(segments: readonly Segment[], { removed }: QueueState, newestId: number): readonly Segment[] {
  return segments.map((segment, i) => {
    const firstId = i === 0 ? Math.min(segment.firstId, removed.nextMissing(1)) : segment.firstId;
    const end = (segments[i + 1]?.firstId ?? newestId + 1) - 1;
    // Files between this one and the next may have gone, with all their entries.
    const held = removed.lastMissing(end);
    return { ...segment, firstId, lastId: held < firstId ? end : held };
  });
}
