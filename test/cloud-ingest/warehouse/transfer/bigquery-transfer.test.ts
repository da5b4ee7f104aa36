import { afterAll, beforeAll, describe, vi } from "vitest";
import type { Endpoints } from "../bigquery/bigquery-place.ts";
import { FakeBigQuery } from "../bigquery/fake-bigquery.ts";
import { bigQueryPlace } from "./transfer-places.ts";
import { transferSuite } from "./transfer-suite.ts";

describe("BigQuery as an end of a copy", () => {
  const fake = new FakeBigQuery();
  let endpoints: Endpoints;

  beforeAll(async () => {
    vi.stubEnv("METADATA_SERVER_DETECTION", "none");
    endpoints = await fake.start();
  });

  afterAll(() => fake.stop());

  transferSuite(() => bigQueryPlace(endpoints));
});
