import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import { warehouseSuite } from "./warehouse-suite.ts";

describe("DuckDB warehouse", () => {
  warehouseSuite(async () => {
    const dir = await mkdtemp(join(tmpdir(), "kazoe-warehouse-"));
    return {
      open: () => openDuckDbWarehouse(dir),
      clean: () => rm(dir, { recursive: true, force: true }),
    };
  });
});
