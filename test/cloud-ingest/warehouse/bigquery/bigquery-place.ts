import { randomUUID } from "node:crypto";
import { BigQueryClient } from "../../../../cloud-ingest/warehouse/bigquery/big-query-client.ts";
import type { BigQueryConfig } from "../../../../cloud-ingest/warehouse/bigquery/bigquery-config.ts";
import { openBigQueryWarehouse } from "../../../../cloud-ingest/warehouse/bigquery/open.ts";
import type { WarehousePlace, WarehouseTraits } from "../warehouse-suite.ts";

export const BIGQUERY_TRAITS: WarehouseTraits = { knowsDuplicates: false, movesOldDays: false };

/** Where the two APIs of a BigQuery are. */
export interface Endpoints {
  /** host:port */
  readonly rest: string;
  readonly storage: string;
}

/** A configuration with a dataset of its own. */
export function configOf(emulator: Endpoints): BigQueryConfig {
  return {
    ...({ type: "bigquery", project: "kazoe-test", location: "US", migrate: "at-start" } as const),
    ...{ dataset: `shop_${randomUUID().replaceAll("-", "_")}`, maxReadMb: 10_240, maxJobMb: 102_400, labels: {} },
    emulator,
  };
}

/** A dataset of its own in a BigQuery, for the suite of the port. */
export async function bigQueryPlace(endpoints: Endpoints): Promise<WarehousePlace> {
  const config = configOf(endpoints);
  await new BigQueryClient(config).client.createDataset(config.dataset, { location: config.location });
  return {
    open: () => openBigQueryWarehouse(config),
    clean: async () => {},
  };
}
