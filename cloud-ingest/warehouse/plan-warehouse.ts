import type { CloudConfig } from "../config.ts";

/** One thing that the warehouse lacks. */
export interface MigrationStep {
  /** Table or view. */
  readonly name: string;
  /** The statement that does the same, for people. */
  readonly ddl: string;
  apply(): Promise<void>;
}

/**
 * What the warehouse lacks of what this version needs, in the order in which it is to be made. The embedded one lacks nothing: it
 * makes its tables at each start. Throws `AppError`.
 */
export async function planWarehouse({ warehouse }: Pick<CloudConfig, "warehouse">): Promise<readonly MigrationStep[]> {
  switch (warehouse.type) {
    case "duckdb":
      return [];
    case "bigquery": {
      const { BigQueryClient } = await import("./bigquery/big-query-client.ts");
      const { planMigration } = await import("./bigquery/migration.ts");
      return planMigration(new BigQueryClient(warehouse));
    }
  }
}
