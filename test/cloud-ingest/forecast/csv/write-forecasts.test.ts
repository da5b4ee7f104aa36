import { readdir, readFile, writeFile } from "node:fs/promises";
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

test("forecasts that are stopped or fail half way leave an earlier result as it was, and blame no file", async () => {
  const dir = await tempDir();
  const file = join(dir, "out.csv");
  await writeFile(file, "earlier");
  const style = { separator: "T", seconds: "", hasTime: false };
  for (const failure of [new DOMException("stopped", "AbortError"), new TypeError("a fault of ours")]) {
    async function* failing(): AsyncGenerator<PanelForecast> {
      yield { step: "day", from: "2026-01-01", series: [] } as never;
      throw failure;
    }
    await expect(writeForecasts(file, failing(), style)).rejects.toBe(failure);
  }
  expect(await readFile(file, "utf8")).toBe("earlier");
  expect(await readdir(dir)).toEqual(["out.csv"]);
});
