import { expect, it } from "vitest";
import { withDuckDbZones } from "../../../../cloud-ingest/warehouse/duckdb/duckdb-zones.ts";

it("gives DuckDB's offsets in the order that was asked for, and nothing for a zone that it does not know", async () => {
  const [winter, summer] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 6, 1)];
  const found = await withDuckDbZones(async ({ name, offsetsS }) => ({
    name,
    berlin: await offsetsS("Europe/Berlin", [summer, winter, summer, winter + 999, -1]),
    tokyo: await offsetsS("Asia/Tokyo", [winter]),
    nowhere: await offsetsS("Asia/Tokio", [winter]),
  }));
  expect(found).toEqual({
    name: "DuckDB",
    berlin: [7200, 3600, 7200, 3600, 3600],
    tokyo: [32_400],
    nowhere: undefined,
  });
});

it("hands on what the work throws", async () => {
  const work = withDuckDbZones(({ offsetsS }) => offsetsS("Asia/Tokyo", [Number.MAX_SAFE_INTEGER * 1e6]));
  await expect(work).rejects.toThrow();
});
