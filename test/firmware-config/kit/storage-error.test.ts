import { describe, expect, it } from "vitest";
import { isMachineTrouble, storageError } from "../../../firmware-config/kit/storage-error.ts";

const withCode = (code: string) => Object.assign(new Error(`${code}: it failed`), { code });

describe("what the machine lacks may pass, and says nothing about what was stored", () => {
  it.each([
    { name: "ENOSPC", error: withCode("ENOSPC"), code: "DISK_FULL" },
    { name: "EDQUOT", error: withCode("EDQUOT"), code: "DISK_FULL" },
    { name: "ENOMEM", error: withCode("ENOMEM"), code: "OUT_OF_MEMORY" },
    { name: "DuckDB", error: new Error("Out of Memory Error: failed to allocate data"), code: "OUT_OF_MEMORY" },
    { name: "EMFILE", error: withCode("EMFILE"), code: "TOO_MANY_FILES" },
    { name: "EFBIG", error: withCode("EFBIG"), code: "FILE_TOO_LARGE" },
    { name: "DuckDB's limit", error: new Error('Could not write file "x": File too large'), code: "FILE_TOO_LARGE" },
    { name: "EIO", error: withCode("EIO"), code: "DISK_FAILED" },
    { name: "a cause", error: new Error("write failed", { cause: withCode("EIO") }), code: "DISK_FAILED" },
  ])("$name", ({ error, code }) => {
    expect(storageError(error, "inbox")).toMatchObject({ code, fault: "environment", retryable: true });
    expect(isMachineTrouble(error)).toBe(true);
  });
});

describe("anything else", () => {
  it.each([
    { name: "EACCES", error: withCode("EACCES"), expected: { code: "DISK_UNWRITABLE", retryable: false } },
    {
      name: "a folder that cannot be made",
      error: Object.assign(new Error("ENOENT: no such file or directory, mkdir '/data/inbox'"), { code: "ENOENT" }),
      expected: { code: "DISK_UNWRITABLE", retryable: false },
    },
    { name: "a lock", error: withCode("LEVEL_LOCKED"), expected: { code: "STORE_LOCKED", retryable: false } },
    { name: "damage", error: withCode("LEVEL_CORRUPTION"), expected: { code: "STORE_CORRUPT", retryable: false } },
    { name: "what nobody knows", error: new Error("unknown"), expected: { code: "INTERNAL", retryable: true } },
    { name: "what is no error", error: "oops", expected: { code: "INTERNAL", retryable: true } },
  ])("$name", ({ error, expected }) => {
    expect(storageError(error, "inbox")).toMatchObject(expected);
    expect(isMachineTrouble(error)).toBe(false);
  });
});
