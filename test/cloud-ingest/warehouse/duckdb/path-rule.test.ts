import { describe, expect, it } from "vitest";
import { pathFault, refuseUnreadablePath } from "../../../../cloud-ingest/warehouse/duckdb/path-rule.ts";

/** A path of so many bytes, in names of 249. */
const pathOf = (bytes: number) => `/${"n".repeat(249)}`.repeat(Math.ceil(bytes / 250)).slice(0, bytes);

describe("a path", () => {
  it.each([
    ...["/srv/kazoe", "/srv/#%'\" {a,b}]\\~:memory:;$1\n/s3:", "/数え", "/🚶/人"],
    ...[`/${"n".repeat(255)}/${"n".repeat(255)}`, `/${"数".repeat(85)}`, pathOf(3900)],
  ])("does no harm: %j", (path) => {
    expect(pathFault(path)).toBeUndefined();
    expect(() => refuseUnreadablePath(path)).not.toThrow();
  });

  it.each([
    { path: "/a?b/c", fault: 'holds "?", behind which DuckDB looks for another file; name another folder' },
    { path: "/a*", fault: 'holds "*", which DuckDB reads as a pattern for other folders too; name another folder' },
    { path: "/[a", fault: 'holds "[", which DuckDB reads as a pattern for other folders; name another folder' },
    { path: "/a\0b", fault: "holds a NUL character; name another folder" },
    { path: "/a\ud800b", fault: "holds what is not UTF-8; name another folder" },
    { path: "/a\ufffdb", fault: "holds what is not UTF-8; name another folder" },
    { path: `/a/${"n".repeat(256)}/b`, fault: "is too long; name another folder" },
    { path: `/${"数".repeat(86)}`, fault: "is too long; name another folder" },
    { path: pathOf(3901), fault: "is too long; name another folder" },
  ])("is refused, with the reason and what to do: $path", ({ path, fault }) => {
    expect(pathFault(path)).toBe(fault);
    expect(() => refuseUnreadablePath(path)).toThrow(
      expect.objectContaining({
        ...{ code: "CONFIG_INVALID", message: `The warehouse's folder ${fault}: ${path}` },
        hint: "Give dataDir the path of another folder.",
      }),
    );
  });
});
