import { describe, expect, it } from "vitest";
import { scanLog } from "../../../../cloud-ingest/warehouse/duckdb/log-entries.ts";
import { CHECKPOINT, entryOf, FLUSH, flipped, HEADER, ROWS } from "./log-parts.ts";

const log = (...parts: readonly Buffer[]) => Buffer.concat(parts);
const NOTHING = { goodBytes: 0, endsInCheckpoint: false };
const bytesOf = (...parts: readonly Buffer[]) => log(...parts).length;

describe("a log", () => {
  it.each([
    { name: "nothing", of: Buffer.alloc(0), isSound: true },
    { name: "its header", of: HEADER, isSound: true },
    { name: "half a header", of: HEADER.subarray(0, 5), isSound: false },
    { name: "a header and a byte", of: log(HEADER, Buffer.of(0)), isSound: false },
    { name: "a header and zeros", of: log(HEADER, Buffer.alloc(64)), isSound: false },
    { name: "text", of: Buffer.from("garbage ".repeat(20)), isSound: false },
    { name: "zeros", of: Buffer.alloc(200), isSound: false },
    {
      name: "another header without entries",
      of: log(HEADER.subarray(0, 5), Buffer.from("03ffff", "hex")),
      isSound: false,
    },
  ])("of $name holds no transaction", ({ of, isSound }) => {
    expect(scanLog(of)).toEqual({ ...NOTHING, isSound });
  });

  it("of whole transactions is good to its end", () => {
    expect(scanLog(log(HEADER, ROWS, FLUSH, ROWS, ROWS, FLUSH))).toEqual({
      ...{ goodBytes: bytesOf(HEADER, ROWS, FLUSH, ROWS, ROWS, FLUSH), isSound: true, endsInCheckpoint: false },
    });
  });

  it("is good to the end of its last whole transaction; what is whole behind it DuckDB undoes", () => {
    const goodBytes = bytesOf(HEADER, ROWS, FLUSH);
    expect(scanLog(log(HEADER, ROWS, FLUSH, ROWS))).toEqual({ ...NOTHING, goodBytes, isSound: true });
    expect(scanLog(log(HEADER, ROWS))).toEqual({ ...NOTHING, isSound: true });
  });

  it.each([
    { name: "a byte", tail: Buffer.of(7) },
    { name: "a frame's 15 bytes", tail: FLUSH.subarray(0, 15) },
    { name: "a frame alone", tail: FLUSH.subarray(0, 16) },
    { name: "an entry without its last byte", tail: FLUSH.subarray(0, -1) },
    { name: "an entry of no bytes", tail: entryOf(100, 3).fill(0, 0, 8) },
    { name: "an entry with a flipped bit", tail: flipped(FLUSH, 30) },
    { name: "an entry with a flipped checksum", tail: flipped(FLUSH, 8) },
    { name: "an entry with a flipped size", tail: flipped(FLUSH, 0) },
    { name: "an entry of a size beyond all memory", tail: flipped(FLUSH, 7) },
    { name: "zeros", tail: Buffer.alloc(16) },
  ])("is cut before $name, whatever follows", ({ tail }) => {
    const goodBytes = bytesOf(HEADER, ROWS, FLUSH);
    expect(scanLog(log(HEADER, ROWS, FLUSH, tail))).toEqual({ ...NOTHING, goodBytes, isSound: false });
    expect(scanLog(log(HEADER, ROWS, FLUSH, tail, ROWS, FLUSH))).toMatchObject({ goodBytes, isSound: false });
  });

  it("says whether it ends where a checkpoint began", () => {
    expect(scanLog(log(HEADER, FLUSH, CHECKPOINT)).endsInCheckpoint).toBe(true);
    expect(scanLog(log(HEADER, FLUSH, CHECKPOINT, ROWS))).toEqual({
      ...{ goodBytes: bytesOf(HEADER, FLUSH, CHECKPOINT), isSound: true, endsInCheckpoint: true },
    });
    expect(scanLog(log(HEADER, CHECKPOINT, FLUSH)).endsInCheckpoint).toBe(false);
  });

  it.each(Array.from(HEADER, (_, at) => at))(
    "is good behind a header flipped at byte %i, and told the right one",
    (at) => {
      const whole = log(HEADER, ROWS, FLUSH);
      expect(scanLog(flipped(whole, at))).toEqual({
        ...{ goodBytes: whole.length, isSound: true, endsInCheckpoint: false, header: HEADER },
      });
    },
  );
});

describe("the header of a later DuckDB", () => {
  const START = HEADER.subarray(0, 5);
  const END = Buffer.from("ffff", "hex");

  it.each([
    { name: "one more field", fields: Buffer.from("036600aabbcc", "hex") },
    { name: "an end's bytes among its fields", fields: Buffer.from("03ffff6600ffffff01", "hex") },
    { name: "as many bytes as it may have", fields: Buffer.alloc(63 - 5, 3) },
  ])("is taken as it is, with $name", ({ fields }) => {
    const whole = log(START, fields, END, ROWS, FLUSH);
    expect(scanLog(whole)).toEqual({ goodBytes: whole.length, isSound: true, endsInCheckpoint: false });
  });

  it.each([
    { name: "a byte more than it may have", of: log(START, Buffer.alloc(64 - 5, 3), END, ROWS, FLUSH) },
    { name: "another begin", of: log(Buffer.from("01"), START, Buffer.alloc(9), END, ROWS, FLUSH) },
    { name: "our own with something behind it", of: log(HEADER, END, ROWS, FLUSH) },
    { name: "no end", of: log(START, Buffer.alloc(9, 3), ROWS, FLUSH) },
  ])("is none with $name", ({ of }) => {
    expect(scanLog(of)).toEqual({ ...NOTHING, isSound: false });
  });
});
