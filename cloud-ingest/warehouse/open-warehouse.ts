import { join } from "node:path";
import type { CloudConfig } from "../config.ts";
import type { Troubles } from "../troubles.ts";
import type { Warehouse } from "./port.ts";

export interface WarehouseListeners {
  readonly troubles: Troubles;
  /** Called when the warehouse must be closed and opened again to go on. */
  readonly onLost: () => void;
}

/** The warehouse that the configuration names. Throws `AppError` when it cannot be opened. */
export async function openWarehouse(
  { warehouse, dataDir }: CloudConfig,
  listeners: WarehouseListeners,
): Promise<Warehouse> {
  switch (warehouse.type) {
    case "duckdb": {
      const { openDuckDbWarehouse } = await import("./duckdb/open.ts");
      return openDuckDbWarehouse(join(dataDir, "warehouse"), { memoryLimitMb: warehouse.memoryMb, ...listeners });
    }
    case "bigquery": {
      const { openBigQueryWarehouse } = await import("./bigquery/open.ts");
      return openBigQueryWarehouse(warehouse, { troubles: listeners.troubles });
    }
  }
}
