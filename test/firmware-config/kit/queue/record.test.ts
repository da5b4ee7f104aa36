import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
  decode,
  encode,
  HEADER_BYTES,
  isWrittenToEnd,
  type QueueRecord,
  sizeOf,
} from "../../../../firmware-config/kit/queue/record.ts";

const SALT = 0xdeadbeef;

function written(record: QueueRecord, at = 0): Buffer {
  const bytes = Buffer.alloc(at + sizeOf(record));
  expect(encode(record, bytes, at, SALT)).toBe(bytes.length);
  return bytes;
}

const ENTRY = { type: "entry", id: 0x0102_0304_0506, needsCommit: true, value: Buffer.from("ab") } as const;
const RECORDS: readonly { readonly name: string; readonly record: QueueRecord; readonly size: number }[] = [
  { name: "an entry that needs a commit", record: ENTRY, size: 2 },
  { name: "an entry that needs none", record: { ...ENTRY, needsCommit: false }, size: 2 },
  { name: "an entry of nothing", record: { ...ENTRY, id: 1, value: Buffer.alloc(0) }, size: 0 },
  { name: "a commit", record: { type: "commit", id: 7, text: "日本" }, size: 6 },
  { name: "a snapshot", record: { type: "snapshot", id: 0, text: "{}" }, size: 2 },
];

test.each(RECORDS)("$name comes back as it was, wherever it stands", ({ record, size }) => {
  expect(sizeOf(record)).toBe(HEADER_BYTES + size + 4);
  for (const at of [0, 5]) {
    const bytes = written(record, at);
    expect(decode(bytes, at, SALT)).toEqual({ record, valueAt: at + HEADER_BYTES, end: bytes.length });
  }
});

test("the bytes on the disk are those that every version has written", () => {
  const bytes = written(ENTRY);
  const checked = "02000000" + "00" + "01" + "060504030201" + "6162";
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(crc32(Buffer.from(checked, "hex"), SALT));
  expect(bytes.toString("hex")).toBe(`d64b5a01${crc.toString("hex")}${checked}015a4bd6`);
  const types = RECORDS.map(({ record }) => written(record)[12]);
  expect(types).toEqual([0, 0, 0, 1, 2]);
});

describe("no record is read", () => {
  test("with another file's salt", () => {
    expect(decode(written(ENTRY), 0, SALT + 1)).toBeUndefined();
  });

  test("where a bit of it is flipped; those of its end marker are no part of it", () => {
    const whole = written(ENTRY);
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const bytes = Buffer.from(whole);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decode(bytes, 0, SALT) !== undefined).toBe(bit >= (HEADER_BYTES + 2) * 8);
    }
  });

  test("where it is cut; without its end marker it is whole", () => {
    const whole = written(ENTRY);
    for (let length = 0; length <= whole.length; length += 1) {
      const found = decode(whole.subarray(0, length), 0, SALT);
      expect(found?.end).toBe(length < HEADER_BYTES + 2 ? undefined : length);
    }
    const empty = written({ ...ENTRY, value: Buffer.alloc(0) });
    expect(decode(empty.subarray(0, HEADER_BYTES), 0, SALT)?.end).toBe(HEADER_BYTES);
  });

  test("of a type that nobody knows, with a good checksum", () => {
    const bytes = written(ENTRY);
    bytes[12] = 3;
    bytes.writeUInt32LE(crc32(bytes.subarray(8, -4), SALT), 4);
    expect(decode(bytes, 0, SALT)).toBeUndefined();
  });
});

test.each([
  { name: "nothing", bytes: Buffer.alloc(0), is: false },
  { name: "a part of the marker", bytes: Buffer.from([0x5a, 0x4b, 0xd6]), is: false },
  { name: "the marker alone", bytes: Buffer.from([0x01, 0x5a, 0x4b, 0xd6]), is: true },
  { name: "a record", bytes: written(ENTRY), is: true },
  { name: "a record and a byte", bytes: Buffer.concat([written(ENTRY), Buffer.alloc(1)]), is: false },
  { name: "a record without its last byte", bytes: written(ENTRY).subarray(0, -1), is: false },
])("a write went through when the bytes end as a record does: $name", ({ bytes, is }) => {
  expect(isWrittenToEnd(bytes)).toBe(is);
});
