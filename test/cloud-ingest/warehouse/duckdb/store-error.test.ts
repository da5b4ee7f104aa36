import { describe, expect, test } from "vitest";
import {
  isDamage,
  isFatal,
  isLogUnusable,
  isUnreadable,
  storeError,
} from "../../../../cloud-ingest/warehouse/duckdb/store-error.ts";

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
});
