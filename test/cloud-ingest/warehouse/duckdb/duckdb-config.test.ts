import { Value } from "typebox/value";
import { expect, it } from "vitest";
import { DuckDbConfig } from "../../../../cloud-ingest/warehouse/duckdb/duckdb-config.ts";

it.each([
  { memoryMb: 64, isTaken: true },
  { memoryMb: 63, isTaken: false },
  { memoryMb: 1024 ** 2, isTaken: true },
  { memoryMb: 1024 ** 2 + 1, isTaken: false },
  { memoryMb: 64.5, isTaken: false },
])("takes $memoryMb MB of memory: $isTaken", ({ memoryMb, isTaken }) => {
  expect(Value.Check(DuckDbConfig, { type: "duckdb", memoryMb })).toBe(isTaken);
});

it("is closed, and says what each word means", () => {
  expect(Value.Check(DuckDbConfig, { type: "duckdb", memoryMb: 256, memory: 1 })).toBe(false);
  expect(Value.Check(DuckDbConfig, { type: "sqlite", memoryMb: 256 })).toBe(false);
  expect(Value.Default(DuckDbConfig, { type: "duckdb" })).toEqual({ type: "duckdb", memoryMb: 256 });
  expect(DuckDbConfig.properties.type).toMatchObject({ description: expect.stringContaining("on this machine") });
  expect(DuckDbConfig.properties.memoryMb).toMatchObject({
    description: expect.stringContaining("memory that DuckDB"),
  });
});
