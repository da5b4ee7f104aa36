import { randomUUID } from "node:crypto";
import { BigQueryClient } from "../../../cloud-ingest/warehouse/bigquery/big-query-client.ts";
import type { BigQueryConfig } from "../../../cloud-ingest/warehouse/bigquery/bigquery-config.ts";
import type { GoogleAddresses } from "./google.ts";
import { PROJECT } from "./messages.ts";

/** A dataset of its own, empty. */
export async function datasetOf(
  { rest, storage }: Omit<GoogleAddresses, "pubsub">,
  project = PROJECT,
): Promise<BigQueryConfig> {
  const config: BigQueryConfig = {
    ...({ type: "bigquery", project, location: "US", migrate: "at-start" } as const),
    ...{ dataset: `bench_${randomUUID().replaceAll("-", "_")}`, maxReadMb: 10_240, maxJobMb: 102_400, labels: {} },
    emulator: { rest, storage },
  };
  await new BigQueryClient(config).client.createDataset(config.dataset, { location: config.location });
  return config;
}
