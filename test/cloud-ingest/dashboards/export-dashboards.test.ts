import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exportDashboards } from "../../../cloud-ingest/dashboards/export-dashboards.ts";
import { FakeWarehouse } from "../../support/fake-warehouse.ts";
import { demoWindows, hoursOf, shopDevices, shopHours, tokyoStore } from "../../support/sample-traffic.ts";
import { tempDir } from "../../support/temp-dir.ts";

const clock = { nowMs: () => Date.parse("2026-11-23T11:30:00Z"), monotonicMs: () => 0 };

test("writes an index, a page and a CSV per store, and leaves no draft behind", async () => {
  const [outDir, warehouse] = [await tempDir(), new FakeWarehouse()];
  const other = { ...tokyoStore, tenant: "zeta", store: "paris", name: "Zeta" };
  warehouse.put(tokyoStore, "hour", shopHours("2026-11-23", 3));
  warehouse.deviceList.set("acme/ginza", shopDevices);
  const paths = await exportDashboards({ warehouse, stores: [tokyoStore, other], outDir, clock });
  expect(paths.map((path) => path.slice(outDir.length + 1))).toEqual([
    ...["index.html", "acme/ginza.html", "acme/ginza.csv", "zeta/paris.html", "zeta/paris.csv"],
  ]);
  expect((await readdir(join(outDir, "acme"))).sort()).toEqual(["ginza.csv", "ginza.html"]);
  expect(await readFile(join(outDir, "index.html"), "utf8")).toContain('href="acme/ginza.html"');
  expect((await readFile(join(outDir, "acme/ginza.csv"), "utf8")).split("\r\n")).toHaveLength(3 * 30 + 2);
  expect(await readFile(join(outDir, "zeta/paris.html"), "utf8")).toContain("No counts yet");
});

test("a day of a few hours is shown by its windows", async () => {
  const [outDir, warehouse] = [await tempDir(), new FakeWarehouse()];
  warehouse.put(tokyoStore, "window", demoWindows());
  warehouse.put(tokyoStore, "hour", hoursOf(demoWindows()));
  await exportDashboards({ warehouse, stores: [tokyoStore], outDir, clock });
  expect(await readFile(join(outDir, "acme/ginza.html"), "utf8")).toContain("Every 10 s");
});

test("a failing read leaves the old file and no draft", async () => {
  const [outDir, warehouse] = [await tempDir(), new FakeWarehouse()];
  await exportDashboards({ warehouse, stores: [tokyoStore], outDir, clock });
  const before = await readFile(join(outDir, "acme/ginza.csv"), "utf8");
  const broken = new FakeWarehouse();
  broken.traffic = async (_, range, span) => {
    // The page reads back to 2026-10-20 for its comparison; the CSV reads the range itself.
    if (span === "hour" && range.from === "2026-10-27") throw new Error("gone");
    return [];
  };
  await expect(exportDashboards({ warehouse: broken, stores: [tokyoStore], outDir, clock })).rejects.toThrow("gone");
  expect(await readFile(join(outDir, "acme/ginza.csv"), "utf8")).toBe(before);
  expect((await readdir(join(outDir, "acme"))).sort()).toEqual(["ginza.csv", "ginza.html"]);
});
