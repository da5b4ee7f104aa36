import { expect, it } from "vitest";
import { DuckDbConfig } from "../../../../cloud-ingest/warehouse/duckdb/duckdb-config.ts";
import { withDefaults } from "../../../../firmware-config/config/with-defaults.ts";
import { SchemaCheck } from "../../../../firmware-config/kit/schema-check.ts";

const form = new SchemaCheck(DuckDbConfig);

it.each([
  { memoryMb: 64, isTaken: true },
  { memoryMb: 63, isTaken: false },
  { memoryMb: 1024 ** 2, isTaken: true },
  { memoryMb: 1024 ** 2 + 1, isTaken: false },
  { memoryMb: 64.5, isTaken: false },
])("takes $memoryMb MB of memory: $isTaken", ({ memoryMb, isTaken }) => {
  expect(form.check({ type: "duckdb", memoryMb })).toBe(isTaken);
});

it("is closed, and says what each word means", () => {
  expect(form.check({ type: "duckdb", memoryMb: 256, memory: 1 })).toBe(false);
  expect(form.check({ type: "sqlite", memoryMb: 256 })).toBe(false);
  expect(withDefaults(DuckDbConfig, { type: "duckdb" })).toEqual({ type: "duckdb", memoryMb: 256 });
  expect(DuckDbConfig.properties.type).toMatchObject({ description: expect.stringContaining("on this machine") });
  expect(DuckDbConfig.properties.memoryMb).toMatchObject({
    description: expect.stringContaining("memory that DuckDB"),
  });
});
