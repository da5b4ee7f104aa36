import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { branchesOf } from "../../../../firmware-config/kit/queue/branches.ts";
import { QueueState } from "../../../../firmware-config/kit/queue/queue-state.ts";
import { encode, type QueueRecord, sizeOf } from "../../../../firmware-config/kit/queue/record.ts";
import { createSegment, type Segment } from "../../../../firmware-config/kit/queue/segment.ts";
import { tempDir } from "../../../support/temp-dir.ts";

interface File {
  readonly serial: number;
  readonly firstId: number;
  /** Which of the files before it in the list its head names; none for the first of a branch. */
  readonly after?: number;
  /** Name of a file that is not there, which its head names. */
  readonly gone?: string;
  readonly head?: "damaged" | "an entry" | "too long" | "missing";
}

/** Files in a folder, each younger than the one before it in the list; gives which of them are whose. */
async function divided(files: readonly File[]) {
  const dir = await tempDir();
  const segments: Segment[] = [];
  for (const [i, { serial, firstId, after, gone, head }] of files.entries()) {
    const segment = createSegment(serial, firstId);
    segments.push(segment);
    if (head === "missing") continue;
    const path = join(dir, segment.name);
    await writeFile(path, headOf(segment, after === undefined ? gone : segments[after]?.name, head));
    await utimes(path, 1_000 + i, 1_000 + i);
  }
  const listed = [...segments].sort((a, b) => a.serial - b.serial);
  const { own, others } = await branchesOf(dir, listed);
  const places = (of: readonly Segment[]) => of.map((segment) => segments.indexOf(segment));
  return { own: places(own), others: places(others).sort((a, b) => a - b) };
}

function headOf({ salt, firstId }: Segment, after: string | undefined, head: File["head"]): Buffer {
  const text = new QueueState().snapshot(after);
  const snapshot: QueueRecord = { type: "snapshot", id: firstId - 1, text };
  const entry: QueueRecord = { type: "entry", id: firstId, needsCommit: false, value: Buffer.from(text) };
  const record = head === "an entry" ? entry : snapshot;
  const bytes = Buffer.alloc(sizeOf(record));
  encode(record, bytes, 0, salt);
  if (head === "damaged") bytes[25] = 0;
  if (head === "too long") bytes.writeUInt32LE(2 ** 31, 8);
  return bytes;
}

test.each<{ name: string; files: readonly File[]; own: readonly number[] }>([
  { name: "no file", files: [], own: [] },
  {
    name: "files of one branch, whatever their heads say",
    files: [
      { serial: 1, firstId: 1, head: "damaged" },
      { serial: 2, firstId: 1 },
      { serial: 4, firstId: 9, head: "missing" },
    ],
    own: [0, 1, 2],
  },
  {
    name: "two with one serial: the one that was written last, and those before it",
    files: [
      { serial: 1, firstId: 1 },
      { serial: 2, firstId: 5, after: 0 },
      { serial: 2, firstId: 5, after: 0 },
    ],
    own: [0, 2],
  },
  {
    name: "the longer branch, though it is older",
    files: [
      { serial: 1, firstId: 1 },
      { serial: 2, firstId: 5, after: 0 },
      { serial: 3, firstId: 9, after: 1 },
      { serial: 2, firstId: 5, after: 0 },
    ],
    own: [0, 1, 2],
  },
  {
    name: "a later serial that begins before the one before it",
    files: [
      { serial: 1, firstId: 1 },
      { serial: 2, firstId: 50, after: 0 },
      { serial: 3, firstId: 20, after: 0 },
    ],
    own: [0, 2],
  },
  {
    name: "where the one before has gone, the newest of those with a lesser name",
    files: [
      { serial: 1, firstId: 1 },
      { serial: 2, firstId: 5, after: 0 },
      { serial: 4, firstId: 9, gone: "00000003" },
      { serial: 4, firstId: 9, gone: "00000003" },
    ],
    own: [0, 1, 3],
  },
  {
    name: "where the one before has gone, none of a greater name",
    files: [
      { serial: 1, firstId: 1 },
      { serial: 2, firstId: 5, after: 0 },
      { serial: 2, firstId: 5, after: 0 },
      { serial: 3, firstId: 9, gone: "00000001-1" },
    ],
    own: [0, 3],
  },
  ...(["damaged", "an entry", "too long"] as const).map((head) => ({
    name: `behind a head that is ${head}, the newest file before it`,
    files: [
      { serial: 1, firstId: 1 },
      { serial: 2, firstId: 5, after: 0 },
      { serial: 2, firstId: 5, after: 0 },
      { serial: 3, firstId: 9, after: 1, head },
    ],
    own: [0, 2, 3],
  })),
])("the branch that goes on is that of the newest file: $name", async ({ files, own }) => {
  const others = files.map((_, i) => i).filter((i) => !own.includes(i));
  expect(await divided(files)).toEqual({ own, others });
});
