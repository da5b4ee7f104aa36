import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BigQueryClient } from "../../../../cloud-ingest/warehouse/bigquery/big-query-client.ts";
import { openBigQueryWarehouse } from "../../../../cloud-ingest/warehouse/bigquery/open.ts";
import { openBigQueryTransfer } from "../../../../cloud-ingest/warehouse/bigquery/open-transfer.ts";
import { openDuckDbWarehouse } from "../../../../cloud-ingest/warehouse/duckdb/open.ts";
import { openDuckDbTransfer } from "../../../../cloud-ingest/warehouse/duckdb/open-transfer.ts";
import { configOf, type Endpoints } from "../bigquery/bigquery-place.ts";
import type { TransferPlace } from "./transfer-suite.ts";

/** A folder of its own. */
export async function duckDbPlace(): Promise<TransferPlace> {
  const dir = await mkdtemp(join(tmpdir(), "kazoe-transfer-"));
  return {
    openWarehouse: () => openDuckDbWarehouse(dir),
    openEnd: () => openDuckDbTransfer(dir, { hotDays: 3 }),
    clean: () => rm(dir, { recursive: true, force: true }),
  };
}

/** A dataset of its own. */
export async function bigQueryPlace(endpoints: Endpoints): Promise<TransferPlace> {
  const config = configOf(endpoints);
  await new BigQueryClient(config).client.createDataset(config.dataset, { location: config.location });
  return {
    openWarehouse: () => openBigQueryWarehouse(config),
    openEnd: (dir) => openBigQueryTransfer(config, { dir }),
    clean: async () => {},
  };
}
