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
export async function openWarehouse(config: CloudConfig, listeners: WarehouseListeners): Promise<Warehouse> {
  const { warehouse, warehouseMemoryMb, dataDir } = config;
  switch (warehouse) {
    case "duckdb": {
      const { openDuckDbWarehouse } = await import("./duckdb/open.ts");
      return openDuckDbWarehouse(join(dataDir, "warehouse"), { memoryLimitMb: warehouseMemoryMb, ...listeners });
    }
  }
}
