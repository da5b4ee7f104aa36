import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encode, type QueueRecord, sizeOf } from "../../../../firmware-config/kit/queue/record.ts";
import { scan } from "../../../../firmware-config/kit/queue/scan.ts";
import {
  createSegment,
  entriesOf,
  readEntries,
  readSegment,
  segmentOf,
} from "../../../../firmware-config/kit/queue/segment.ts";
import { tempDir } from "../../../support/temp-dir.ts";

test("a new segment is named by its serial, its first id and its salt, and holds nothing", () => {
  const segment = createSegment(12, 345);
  const { name, salt } = segment;
  expect(name).toBe(`00000012-0000000000000345-${salt.toString(16).padStart(8, "0")}.seg`);
  expect(segment).toEqual({ name, salt, serial: 12, firstId: 345, lastId: 344, fileBytes: 0 });
  expect(segmentOf(name)).toEqual(segment);
  expect(createSegment(12, 345).salt).not.toBe(salt);
  // A sixteenth of all salts begins with a zero.
  const lengths = Array.from({ length: 200 }, () => createSegment(1, 1).name.length);
  expect(new Set(lengths)).toEqual(new Set([name.length]));
});

test("a name tells small salts and large serials", () => {
  const name = "123456789012345-9007199254740991-0000000a.seg";
  expect(segmentOf(name)).toEqual({
    ...{ name, serial: 123_456_789_012_345, salt: 10 },
    ...{ firstId: 9_007_199_254_740_991, lastId: 9_007_199_254_740_990, fileBytes: 0 },
  });
});

test.each([
  "last",
  "lock",
  "0000001-0000000000000001-0000000a.seg",
  "00000001-000000000000001-0000000a.seg",
  "00000001-00000000000000001-0000000a.seg",
  "00000001-0000000000000001-000000a.seg",
  "00000001-0000000000000001-0000000A.seg",
  "00000001-0000000000000001-0000000g.seg",
  "00000001-0000000000000001-0000000a.seg.1",
  "x00000001-0000000000000001-0000000a.seg",
  "00000001-0000000000000001-0000000a_seg",
  "1234567890123456-0000000000000001-0000000a.seg",
])("a file of another name is none: %s", (name) => {
  expect(segmentOf(name)).toBeUndefined();
});

const value = (id: number) => Buffer.from(`value ${id}`);

/** A file with the entries 5 to 9, of which those in `damaged` are spoilt. */
async function written(damaged: readonly number[] = []) {
  const dir = await tempDir();
  const segment = createSegment(1, 5);
  const records = [5, 6, 7, 8, 9].map(
    (id): QueueRecord => ({ type: "entry", id, needsCommit: false, value: value(id) }),
  );
  const bytes = Buffer.alloc(records.reduce((sum, record) => sum + sizeOf(record), 0));
  let at = 0;
  for (const record of records) {
    const start = at;
    at = encode(record, bytes, at, segment.salt);
    if (damaged.includes(record.id)) bytes.fill(0, start, at - 4);
  }
  const file = join(dir, segment.name);
  await writeFile(file, bytes);
  const { salt, firstId } = segment;
  const { index } = scan(bytes, { salt, firstId });
  const read = (ids: readonly number[]) => readEntries({ dir, segment, index, ids });
  return { dir, file, segment, bytes, read };
}

test("entries are read in one go, those between them left out", async () => {
  const { read } = await written();
  expect(await read([5, 8, 9])).toEqual([5, 8, 9].map((id) => ({ id, value: value(id), damaged: false })));
  expect(await read([7])).toEqual([{ id: 7, value: value(7), damaged: false }]);
});

test("of a damaged entry comes what is left of its bytes", async () => {
  const { read, bytes } = await written([6]);
  const [five, six] = await read([5, 6]);
  expect(five).toEqual({ id: 5, value: value(5), damaged: false });
  const size = sizeOf({ type: "entry", id: 6, needsCommit: false, value: value(6) });
  expect(six).toEqual({ id: 6, value: bytes.subarray(size, 2 * size), damaged: true });
});

test("an entry that another took the place of, or that a cut took, is damaged", async () => {
  const { read, file, bytes } = await written();
  const size = bytes.length / 5;
  await writeFile(file, Buffer.concat([bytes.subarray(size, 2 * size), bytes.subarray(size)]));
  expect((await read([5, 6])).map(({ id, damaged }) => [id, damaged])).toEqual([
    [5, true],
    [6, false],
  ]);
  await truncate(file, 2 * size + 3);
  const [six, seven, nine] = await read([6, 7, 9]);
  expect(six?.damaged).toBe(false);
  expect(seven).toEqual({ id: 7, value: bytes.subarray(2 * size, 2 * size + 3), damaged: true });
  expect(nine).toEqual({ id: 9, value: Buffer.alloc(0), damaged: true });
});

test("all entries of a file are those that can be read, with the bytes that cannot", async () => {
  const whole = await written();
  expect(await entriesOf(whole.dir, whole.segment)).toEqual({ values: [5, 6, 7, 8, 9].map(value), damagedBytes: 0 });
  const { dir, segment, file, bytes } = await written([6]);
  const size = bytes.length / 5;
  await truncate(file, 4 * size + 7);
  expect(await entriesOf(dir, segment)).toEqual({ values: [5, 7, 8].map(value), damagedBytes: size + 7 });
});

test("a file of nothing is read as nothing, and one that is gone says so", async () => {
  const { dir, segment, file } = await written();
  await truncate(file, 0);
  expect(await readSegment(dir, segment)).toEqual(Buffer.alloc(0));
  await expect(readSegment(dir, { name: "none" })).rejects.toMatchObject({ code: "ENOENT" });
});
