import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { TRAFFIC_COLUMNS } from "../../../cloud-ingest/report/traffic-csv.ts";

test("the README lists every CSV column as it is", async () => {
  const readme = await readFile(new URL("../../../cloud-ingest/report/README.md", import.meta.url), "utf8");
  const rows = TRAFFIC_COLUMNS.map(({ name, meaning }) => `| \`${name}\` | ${meaning} |`);
  expect(readme).toContain(`| column | meaning |\n| --- | --- |\n${rows.join("\n")}\n\n`);
});
