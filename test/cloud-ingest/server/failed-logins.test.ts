import { expect, test } from "vitest";
import { FailedLogins } from "../../../cloud-ingest/server/failed-logins.ts";
import { ManualClock } from "../../support/manual-clock.ts";

test("each address for itself, and the list of addresses is bounded", () => {
  const failures = new FailedLogins(new ManualClock("2026-11-23T00:00:00Z"));
  for (let attempt = 0; attempt < 10; attempt += 1) failures.note("192.0.2.1");
  expect(failures.isLimited("192.0.2.1")).toBe(true);
  expect(failures.isLimited("192.0.2.2")).toBe(false);
  for (let address = 0; address < 10_000; address += 1) failures.note(`other-${address}`);
  expect(failures.isLimited("192.0.2.1")).toBe(false);
});
