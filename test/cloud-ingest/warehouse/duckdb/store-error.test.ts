import { describe, expect, test } from "vitest";
import {
  isDamage,
  isFatal,
  isLocked,
  isLogUnusable,
  isUnreadable,
  storeError,
} from "../../../../cloud-ingest/warehouse/duckdb/store-error.ts";
import { AppError } from "../../../../firmware-config/kit/errors.ts";

const DIR = "/srv/kazoe/data/warehouse";
const LOG = `"${DIR}/hot.duckdb.wal"`;

/** In the form of DuckDB 1.5: full disk and damage as they were seen, the others put together from the system's words. */
describe("DuckDB's errors", () => {
  test.each([
    {
      in: `IO Error: Could not write all bytes to file ${LOG}: wanted=4096 wrote=0: No space left on device`,
      error: { code: "DISK_FULL", message: "The disk is full: warehouse/hot.duckdb.wal" },
    },
    {
      in: `TransactionContext Error: Failed to commit: Could not write file ${LOG}: Disk quota exceeded`,
      error: { code: "DISK_FULL", message: "The disk is full: warehouse/hot.duckdb.wal" },
    },
    {
      in:
        "Out of Memory Error: failed to offload data block of size 256.0 KiB (1.0 MiB/1.0 MiB used).\n" +
        "This limit was set by the 'max_temp_directory_size' setting.",
      error: {
        code: "DISK_FULL",
        message: "The disk has no room for what does not fit into memory: warehouse/tmp",
      },
    },
    {
      in: `IO Error: Could not write file "${DIR}/tmp/duckdb_temp_storage_DEFAULT-0.tmp": No space left on device`,
      error: { code: "DISK_FULL", message: "The disk is full: warehouse/tmp/duckdb_temp_storage_DEFAULT-0.tmp" },
    },
    {
      in: "Out of Memory Error: could not allocate block of size 256.0 KiB (9.3 MiB/9.5 MiB used)",
      error: { code: "OUT_OF_MEMORY", hint: expect.stringContaining("warehouse.memoryMb") },
    },
    {
      in: "FATAL Error: Transaction COMMIT succeeded and is durable, but the autocheckpoint failed. Reopen the database instance to recover. Failed to create checkpoint because of error: failed to pin block of size 256.0 KiB (244.0 MiB/244.1 MiB used)",
      error: { code: "OUT_OF_MEMORY", hint: expect.stringContaining("warehouse.memoryMb") },
    },
    {
      in: `FATAL Error: Failed to create checkpoint because of error: Could not fsync file "${DIR}/hot.duckdb": Input/output error`,
      error: { code: "DISK_FAILED", message: "The disk fails: warehouse/hot.duckdb" },
    },
    {
      in: `IO Error: Cannot open file "${DIR}/counts/date=2026-01-01/a.parquet": Too many open files`,
      error: { code: "TOO_MANY_FILES", message: "Too many files are open: warehouse/counts/date=2026-01-01/a.parquet" },
    },
    {
      in: "IO Error: Corrupt database file: computed checksum 1 does not match stored checksum 2 in block at location 274432",
      error: { code: "STORE_CORRUPT" },
    },
  ])("$error.code: $in", ({ in: text, error }) => {
    const found = storeError(new Error(text), DIR);
    expect(found).toMatchObject({ ...error, fault: "environment", retryable: true });
    expect(found.message).not.toContain("/srv");
    expect(found.hint).not.toContain("/srv");
  });

  test.each([
    ...["No space left on device", "Input/output error", "Too many open files", "Permission denied"],
    ...["Read-only file system", "Out of Memory Error: could not allocate block"],
  ])("a log that could not be replayed for want of something is not unusable: %s", (reason) => {
    const error = new Error(`IO Error: Failure while replaying WAL file ${LOG}: ${reason}`);
    expect([isLogUnusable(error), isUnreadable(error)]).toEqual([false, false]);
    const torn = new Error(`IO Error: Failure while replaying WAL file ${LOG}: Corrupt WAL file: entry at byte 8`);
    expect([isLogUnusable(torn), isUnreadable(torn)]).toEqual([true, true]);
  });

  test("a damaged block is told from a disk that fails or is full, and from a Parquet file", () => {
    const at = (text: string) => isDamage(new Error(text));
    expect(at("Corrupt database file: computed checksum 1 does not match")).toBe(true);
    expect(at(`IO Error: Could not read enough bytes from file "${DIR}/hot.duckdb": attempted to read 9`)).toBe(true);
    expect(at(`Could not read from file "${DIR}/hot.duckdb": Input/output error`)).toBe(false);
    expect(at(`IO Error: Could not read enough bytes from file "${DIR}/counts/date=2026-01-01/a.parquet"`)).toBe(false);
    expect(isFatal(new Error("Corrupt database file"))).toBe(false);
  });

  test.each([
    `Invalid Input Error: No magic bytes found at end of file '${DIR}/counts/date=2026-01-01/a.parquet'`,
    `IO Error: No files found that match the pattern "${DIR}/counts/date=2026-01-01/a.parquet"`,
    "TProtocolException: Invalid data",
    "Snappy decompression failure",
    "ZSTD Decompression failure",
    `Could not read enough bytes from file "${DIR}/counts/date=2026-01-01/a.parquet"`,
    `File '${DIR}/counts/date=2026-01-01/a.parquet' too small to be a Parquet file`,
    `${DIR}/events/date=2026-01-01/b.parquet: corrupt footer`,
  ])("a damaged Parquet file is to be put back: %s", (text) => {
    const found = storeError(new Error(text), DIR);
    expect(found).toMatchObject({ code: "STORE_CORRUPT", retryable: false, hint: "Put the file back from a backup." });
    expect(found.message).toBe(`Damaged file in warehouse: ${text.replaceAll("/srv/kazoe/data/", "")}`);
  });

  test.each([
    `IO Error: The file "${DIR}/hot.duckdb" exists, but it is not a valid DuckDB database file!`,
    `IO Error: Could not read enough bytes from file "${DIR}/hot.duckdb": attempted to read 9`,
  ])("a damaged database is named and rescued: %s", (text) => {
    const cause = new Error(text);
    expect(storeError(cause, DIR)).toMatchObject({
      ...{ code: "STORE_CORRUPT", retryable: true, cause },
      message: `Damaged file warehouse/hot.duckdb: ${text.replaceAll("/srv/kazoe/data/", "")}`,
      hint: "What can be read of it is rescued when it is opened next, and the inbox serves again what is missing.",
    });
  });

  test.each([
    { text: 'Cannot open file "/elsewhere/a": Permission denied', place: "warehouse" },
    { text: `Cannot open file "/elsewhere/a" for '${DIR}/tmp/b': Permission denied`, place: "warehouse/tmp/b" },
    { text: `Cannot open file "${DIR}-other/a": Permission denied`, place: "warehouse" },
    { text: "Permission denied", place: "warehouse" },
  ])("the first file of ours that a text names is said, or the folder: $text", ({ text, place }) => {
    expect(storeError(new Error(text), DIR)).toMatchObject({
      code: "DISK_UNWRITABLE",
      message: `Cannot write to ${place}`,
    });
  });

  test("an error of ours stays as it is", () => {
    const error = new AppError("known", { code: "USAGE", hint: "Ask otherwise." });
    expect(storeError(error, DIR)).toBe(error);
  });

  test.each([
    ["not a valid DuckDB database", true],
    [`Cannot open "${DIR}/hot.duckdb": Is a directory`, true],
    ["INTERNAL Error: Attempted to access index 3", true],
    ["Serialization Error: Failed to deserialize", true],
    ["INTERNAL Error: operation not permitted", false],
    ["INTERNAL Error: Interrupted!", false],
    ["IO Error: Could not set lock on file", false],
    ["Catalog Error: no such table", false],
  ])("an opening that failed at what is in the files: %s, %s", (text, isIt) => {
    expect(isUnreadable(new Error(text))).toBe(isIt);
  });

  test.each([
    ["IO Error: Could not set lock on file: Conflicting lock is held", true],
    ["IO Error: Conflicting access", false],
  ])("a file that another process has open: %s, %s", (text, isIt) => {
    expect(isLocked(new Error(text))).toBe(isIt);
  });

  test.each([
    ["FATAL Error: Failed to commit", true],
    ["the database has been invalidated because of a previous fatal error", true],
    ["IO Error: No space left on device", false],
  ])("what DuckDB does not outlive: %s, %s", (text, isIt) => {
    expect(isFatal(new Error(text))).toBe(isIt);
  });

  test.each(["IO Error: read WAL of version 9", "WAL file is of another database", "Failure while replaying WAL"])(
    "a log that cannot be used: %s",
    (text) => {
      expect([isLogUnusable(new Error(text)), isLogUnusable(new Error("INTERNAL Error"))]).toEqual([true, false]);
    },
  );
});
