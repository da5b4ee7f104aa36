import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeForecasts } from "../../../../cloud-ingest/forecast/csv/write-forecasts.ts";
import type { PanelForecast } from "../../../../cloud-ingest/forecast/port.ts";
import { tempDir } from "../../../support/temp-dir.ts";

test("forecasts that are refused leave an earlier result as it was", async () => {
  const file = join(await tempDir(), "out.csv");
  await writeFile(file, "earlier");
  const refused: AsyncIterable<PanelForecast> = {
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error("refused")) }),
  };
  await expect(writeForecasts(file, refused, { separator: "T", seconds: "", hasTime: false })).rejects.toThrow(
    "refused",
  );
  expect(await readFile(file, "utf8")).toBe("earlier");
});
