import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exportDashboards } from "../../../cloud-ingest/dashboards/export-dashboards.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { rollUpNow } from "../../support/run-job.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { countsRow, SHIBUYA } from "../warehouse/rows.ts";
import { chartsOf } from "./pages.ts";

const IN = [2, 1, 3, 0, 4, 2, 1, 2] as const;

test("from counts in DuckDB to a page: the same numbers before and after the roll-up", async () => {
  const outDir = await tempDir();
  const warehouse = await openDuckDbWarehouse(join(outDir, "warehouse"));
  const data = IN.map((count, seq) =>
    countsRow(seq, `2026-11-23T05:00:${String(seq * 7).padStart(2, "0")}Z`, { windowS: 7, observedS: 7, in: count }),
  );
  await warehouse.store({ data, presence: [], quarantine: [] });
  const page = async () => {
    const clock = new ManualClock("2026-11-23T05:02:00Z");
    await exportDashboards({ warehouse, stores: [SHIBUYA], outDir, clock });
    return readFile(join(outDir, "acme/shibuya.html"), "utf8");
  };
  const before = await page();
  expect(await rollUpNow(warehouse, [SHIBUYA])).toMatchObject({ dates: 1, failures: [] });
  const after = await page();
  for (const html of [before, after]) {
    expect(html).toContain("<b>15</b>");
    const counted = chartsOf(html)[0]?.series[0]?.values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
    expect(counted).toBe(15);
  }
  expect(await readFile(join(outDir, "acme/shibuya.csv"), "utf8")).toContain(
    "2026-11-23 14:00:00,3600,cam-1,front,line,door",
  );
  await warehouse.close();
});
