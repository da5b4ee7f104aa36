import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../../firmware-config/kit/package-root.ts";

/** Ways to a local time by other rules than ours, in SQL and in TypeScript, in the browser's scripts too. */
const OTHER_CLOCK =
  /\btimezone\(|AT TIME ZONE|new Intl\.DateTimeFormat|getTimezoneOffset|toLocale(Date|Time)?String\(|\.get(Hours|Minutes|Date|Day|Month|FullYear)\(/i;

/** The two that are only compared with ours, and the words of a date, which are made in UTC. */
const ALLOWED = ["dashboards/text/format.ts", "warehouse/duckdb/duckdb-zones.ts", "zone/intl.ts"];

test("no other code asks a library, a database or a browser for a local time", () => {
  const root = join(PACKAGE_ROOT, "cloud-ingest");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(80);
  const found = files.filter((name) => OTHER_CLOCK.test(readFileSync(join(root, name), "utf8")));
  expect(found.sort()).toEqual(ALLOWED);
});
