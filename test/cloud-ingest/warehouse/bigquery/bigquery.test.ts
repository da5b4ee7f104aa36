import { afterAll, beforeAll, describe, vi } from "vitest";
import { warehouseSuite } from "../warehouse-suite.ts";
import { BIGQUERY_TRAITS, bigQueryPlace, type Endpoints } from "./bigquery-place.ts";
import { FakeBigQuery } from "./fake-bigquery.ts";

describe("BigQuery warehouse", () => {
  const fake = new FakeBigQuery();
  let endpoints: Endpoints;

  beforeAll(async () => {
    vi.stubEnv("METADATA_SERVER_DETECTION", "none");
    endpoints = await fake.start();
  });

  afterAll(() => fake.stop());

  warehouseSuite(() => bigQueryPlace(endpoints), BIGQUERY_TRAITS);
});
