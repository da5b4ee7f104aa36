import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../firmware-config/kit/package-root.ts";
import { suitesLeftOut } from "./long-suites.ts";

test("a run of everything leaves the long suites out, and they are there", () => {
  const leftOut = suitesLeftOut({}, ["run"]);
  expect(leftOut.length).toBeGreaterThan(10);
  for (const file of leftOut) expect(existsSync(join(PACKAGE_ROOT, file)), file).toBe(true);
});

test("nothing is left out where all was asked for", () => {
  expect(suitesLeftOut({ KAZOE_TEST_LONG: "1" }, ["run"])).toEqual([]);
});

test("a long suite that is named runs", () => {
  expect(suitesLeftOut({}, ["run", "test/e2e/kill.test.ts"])).not.toContain("test/e2e/kill.test.ts");
});
