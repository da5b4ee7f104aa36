import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { affordable } from "../../../../cloud-ingest/warehouse/bigquery/affordable.ts";
import { BigQueryClient } from "../../../../cloud-ingest/warehouse/bigquery/big-query-client.ts";
import { openBigQueryWarehouse } from "../../../../cloud-ingest/warehouse/bigquery/open.ts";
import { configOf, type Endpoints } from "./bigquery-place.ts";
import { FakeBigQuery } from "./fake-bigquery.ts";

const MIB = 1024 * 1024;
const fake = new FakeBigQuery();
let endpoints: Endpoints;

beforeAll(async () => {
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
  endpoints = await fake.start();
});

afterAll(() => fake.stop());

it.each([
  { name: "one piece while it is cheap", bytes: 5 * MIB, pieces: [["2026-03-01", "2026-03-02", "2026-03-03"]] },
  {
    name: "a piece for each date when none is cheap",
    bytes: 20 * MIB,
    pieces: [["2026-03-01"], ["2026-03-02"], ["2026-03-03"]],
  },
])("makes $name", async ({ bytes, pieces }) => {
  const config = { ...configOf(endpoints), maxReadMb: 10 };
  const client = new BigQueryClient(config);
  await client.client.createDataset(config.dataset, { location: config.location });
  await (await openBigQueryWarehouse(config)).close();
  const table = fake.store.find({ projectId: config.project, datasetId: config.dataset, tableId: "counts" });
  if (table) table.bytesEstimate = bytes;
  const made: (readonly string[])[] = [];
  const dates = ["2026-03-01", "2026-03-02", "2026-03-03"];
  for await (const piece of affordable(client, dates, (condition) => ({
    sql: `SELECT date FROM counts WHERE ${condition}`,
  })))
    made.push(piece.dates);
  expect(made).toEqual(pieces);
});
