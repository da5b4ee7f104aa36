import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { OCCUPANCY_COLUMNS } from "../../../cloud-ingest/report/occupancy/occupancy-csv.ts";
import { TRAFFIC_COLUMNS } from "../../../cloud-ingest/report/traffic-csv.ts";

test.each([
  { name: "counts", columns: TRAFFIC_COLUMNS },
  { name: "people inside", columns: OCCUPANCY_COLUMNS },
])("the README lists every CSV column of $name as it is", async ({ columns }) => {
  const readme = await readFile(new URL("../../../cloud-ingest/report/README.md", import.meta.url), "utf8");
  const rows = columns.map(({ name, meaning }) => `| \`${name}\` | ${meaning} |`);
  expect(readme).toContain(`| column | meaning |\n| --- | --- |\n${rows.join("\n")}\n\n`);
});
