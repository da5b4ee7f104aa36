import { expect, test } from "vitest";
import { sayDifference, warnOfZoneDifferences, zoneDifferences } from "../../cloud-ingest/zone-check.ts";
import { LogRecorder } from "../support/log-recorder.ts";
import { ManualClock } from "../support/manual-clock.ts";

const clock = new ManualClock("2020-01-01T00:00:00Z");
const store = { tenant: "t", store: "s", name: "S", timeZone: "America/Vancouver" };
const config = { stores: [store, { ...store, store: "other" }] };
const difference = {
  ...{ timeZone: "America/Vancouver", library: "Node.js", at: "2026-11-01T09:00:00.000Z" },
  ...{ ours: "-07:00", theirs: "-08:00" },
};

test("nothing is said of zones about which all agree", async () => {
  expect(await zoneDifferences(config, clock.nowMs())).toEqual([]);
});

test("one warning for a zone, whatever the number of stores and libraries", async () => {
  const log = new LogRecorder();
  const compare = async () => [difference, { ...difference, library: "DuckDB" }];
  await warnOfZoneDifferences(config, { clock, log, compare });
  expect(log.lines).toEqual(["warn libraries differ about a time zone; ours decides"]);
});

test("a comparison that fails is said and stops nothing", async () => {
  const log = new LogRecorder();
  await warnOfZoneDifferences(config, { clock, log, compare: () => Promise.reject(new Error("no memory")) });
  expect(log.lines).toEqual(["warn the rules of time zones could not be compared"]);
});

test("in words: the instant and both offsets, or that the zone is not known", () => {
  expect(sayDifference(difference)).toMatch(
    /Vancouver: Node\.js says -08:00 from 2026-11-01T09:00:00\.000Z on, .* say -07:00;/,
  );
  expect(sayDifference({ ...difference, at: undefined })).toContain("Node.js does not know it");
});
