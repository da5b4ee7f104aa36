import { describe, expect, test } from "vitest";
import { withDuckDbZones } from "../../../cloud-ingest/warehouse/duckdb/duckdb-zones.ts";
import { differenceOf, type ZoneLibrary } from "../../../cloud-ingest/zone/compare.ts";
import { INTL } from "../../../cloud-ingest/zone/intl.ts";
import { zoneOf } from "../../../cloud-ingest/zone/rules.ts";

const NOW = Date.parse("2026-11-26T12:34:56Z");

/** Knows the zone as it was until the instant, and then no summer time any more. */
function library(change: string): ZoneLibrary {
  return {
    name: "other",
    async offsetsS(timeZone, instantsMs) {
      return instantsMs.map((ms) => (ms < Date.parse(change) ? zoneOf(timeZone).offsetS(ms) : -28_800));
    },
  };
}

describe("a library's rules against ours", () => {
  test.each([
    { name: "a library that is behind", change: "2026-11-01T09:00:00Z", at: "2026-11-01T09:00:00.000Z" },
    { name: "a difference years back", change: "2022-03-13T10:00:00Z", at: "2022-03-13T10:00:00.000Z" },
    { name: "a difference to come", change: "2028-05-01T00:00:00Z", at: "2028-05-01T00:00:00.000Z" },
  ])("$name is found at its first instant", async ({ change, at }) => {
    expect(await differenceOf(library(change), "America/Vancouver", NOW)).toEqual({
      ...{ timeZone: "America/Vancouver", library: "other", at, ours: "-07:00", theirs: "-08:00" },
    });
  });

  test("the same rules are no difference, nor is what lies beyond two years", async () => {
    expect(await differenceOf(library("2029-01-01T00:00:00Z"), "America/Vancouver", NOW)).toBeUndefined();
  });

  test("a zone that the library lacks is one", async () => {
    const empty: ZoneLibrary = { name: "empty", offsetsS: async () => undefined };
    expect(await differenceOf(empty, "Asia/Tokyo", NOW)).toMatchObject({ library: "empty", at: undefined });
  });

  test("the libraries in this process answer", async () => {
    await withDuckDbZones(async (duckDb) => {
      for (const one of [INTL, duckDb]) {
        for (const zone of ["Asia/Tokyo", "Europe/Paris", "Australia/Lord_Howe"])
          expect(await differenceOf(one, zone, Date.parse("2020-01-01T00:00:00Z"))).toBeUndefined();
        expect(await one.offsetsS("Asia/Tokio", [0])).toBeUndefined();
      }
    });
  });
});
