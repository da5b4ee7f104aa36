import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, it, vi } from "vitest";
import { loadCloudConfig } from "../../../cloud-ingest/load-cloud.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { openWarehouse } from "../../../cloud-ingest/warehouse/open-warehouse.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { silentTroubles } from "../../support/troubles.ts";

it("opens it in the data folder's own folder, and says its troubles to who listens", async () => {
  const dataDir = await tempDir();
  const file = join(dataDir, "cloud.yaml");
  const stores = [{ tenant: "acme", store: "shibuya", name: "Shibuya", timeZone: "Asia/Tokyo" }];
  await writeFile(file, JSON.stringify({ stores, dataDir }));
  await mkdir(join(dataDir, "warehouse"));
  await writeFile(join(dataDir, "warehouse", "hot.duckdb"), "not a database".repeat(1000));
  const troubles = new Troubles({ log: silentLog, clock: systemClock });
  const warehouse = await openWarehouse(await loadCloudConfig(file), { troubles, onLost: () => {} });
  await warehouse.close();
  expect(troubles.list()).toMatchObject([{ code: "warehouse-damaged", subject: "warehouse/damaged/hot.duckdb.1" }]);
});

it.each([
  {
    name: "as much memory as the configuration says",
    settings: { warehouse: { type: "duckdb", memoryMb: 96 } },
    limit: "96MB",
  },
  { name: "what suits a small machine when it says nothing", settings: {}, limit: "256MB" },
])("gives the warehouse $name", async ({ settings, limit }) => {
  const file = join(await tempDir(), "cloud.yaml");
  const stores = [{ tenant: "acme", store: "shibuya", name: "Shibuya", timeZone: "Asia/Tokyo" }];
  await writeFile(file, JSON.stringify({ stores, ...settings }));
  const create = vi.spyOn(DuckDBInstance, "create");
  const warehouse = await openWarehouse(await loadCloudConfig(file), { troubles: silentTroubles, onLost: () => {} });
  await warehouse.close();
  expect(create.mock.calls[0]?.[1]).toMatchObject({ memory_limit: limit });
  create.mockRestore();
});
