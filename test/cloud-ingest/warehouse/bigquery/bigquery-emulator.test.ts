import { afterAll, beforeAll, describe, vi } from "vitest";
import { BigQueryEmulator, hasBigQueryEmulator } from "../../../support/google/bigquery-emulator.ts";
import { warehouseSuite } from "../warehouse-suite.ts";
import { BIGQUERY_TRAITS, bigQueryPlace } from "./bigquery-place.ts";

describe.skipIf(!hasBigQueryEmulator())("BigQuery warehouse on an emulator", () => {
  let emulator: BigQueryEmulator;

  beforeAll(async () => {
    vi.stubEnv("METADATA_SERVER_DETECTION", "none");
    emulator = await BigQueryEmulator.start();
  }, 120_000);

  afterAll(() => emulator.stop());

  warehouseSuite(
    () => bigQueryPlace({ rest: emulator.rest.replace("http://", ""), storage: `127.0.0.1:${emulator.grpcPort}` }),
    BIGQUERY_TRAITS,
  );
});
