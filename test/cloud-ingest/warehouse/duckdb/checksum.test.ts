import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, it } from "vitest";
import { checksumOf } from "../../../../cloud-ingest/warehouse/duckdb/checksum.ts";
import { tempDir } from "../../../support/temp-dir.ts";

const FRAME_BYTES = 16;

/** The entries of a log that DuckDB has written, and the checksums that it gave them. */
function* entriesIn(log: Buffer): Generator<{ readonly bytes: Buffer; readonly checksum: bigint }> {
  for (let at = 8; at < log.length; ) {
    const size = Number(log.readBigUInt64LE(at));
    yield { bytes: log.subarray(at + FRAME_BYTES, at + FRAME_BYTES + size), checksum: log.readBigUInt64LE(at + 8) };
    at += FRAME_BYTES + size;
  }
}

it("is DuckDB's own, of entries of any length", async () => {
  const dir = await tempDir();
  const instance = await DuckDBInstance.create(join(dir, "a.duckdb"));
  const connection = await instance.connect();
  await connection.run("CREATE TABLE words (word VARCHAR)");
  for (let length = 0; length < 16; length += 1)
    await connection.run(`INSERT INTO words VALUES ('${"x".repeat(length)}')`);
  await cp(join(dir, "a.duckdb.wal"), join(dir, "log"));
  connection.closeSync();
  instance.closeSync();
  const entries = [...entriesIn(await readFile(join(dir, "log")))];
  expect(new Set(entries.map(({ bytes }) => bytes.length % 8)).size).toBe(8);
  for (const { bytes, checksum } of entries) expect(checksumOf(bytes)).toBe(checksum);
});

it("tells a flipped bit, wherever it is, and one byte more or less", () => {
  const whole = Buffer.from("0123456789abcdef-rest");
  const others = Array.from({ length: 8 * whole.length }, (_, bit) => {
    const bytes = Buffer.from(whole);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return bytes;
  });
  const sums = [...others, whole.subarray(1), whole.subarray(0, -1), Buffer.alloc(0)].map(checksumOf);
  expect(sums).not.toContain(checksumOf(whole));
});
