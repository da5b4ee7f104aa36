import { join } from "node:path";
import type { CloudConfig } from "../config.ts";
import type { Troubles } from "../troubles.ts";
import type { Warehouse } from "./port.ts";

/** The warehouse that the configuration names. Throws `AppError` when it cannot be opened. */
export async function openWarehouse({ warehouse, dataDir }: CloudConfig, troubles: Troubles): Promise<Warehouse> {
  switch (warehouse) {
    case "duckdb": {
      const { openDuckDbWarehouse } = await import("./duckdb/open.ts");
      return openDuckDbWarehouse(join(dataDir, "warehouse"), { troubles });
    }
  }
}
