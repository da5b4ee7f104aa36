import { expect, test } from "vitest";
import { checkRows as check } from "./check-rows.ts";

test("says nothing of a camera that looks at the whole picture", async () => {
  expect(await check("")).toBe(
    "The configuration is valid.\nThe model ssdlite-mobilenetv2 will be built at the first start.\n",
  );
});

test("tells what tiles cost, and what a region misses", async () => {
  const text = await check(
    "    region: { type: rectangle, from: [0, 0], to: [0.5, 1] }\n    tiles: { columns: 2, rows: 2 }",
  );
  expect(text).toContain("door: the model runs 4 times a picture.\n");
  expect(text).toContain("Warning: door: line way lies outside the region, in whole or in part.\n");
});

test("warns of people who are too small for the model, and is quiet once tiles show them larger", async () => {
  expect(await check("    personHeight: 0.09")).toMatch(/Warning: door: people are about 26 pixels high for the model/);
  expect(await check("    personHeight: 0.09\n    tiles: { columns: 2 }")).not.toContain("Warning");
});

test("--json says the same", async () => {
  const { regions, model } = JSON.parse(await check("    personHeight: 0.09\n    tiles: { columns: 2 }", "--json"));
  expect(regions).toEqual([{ camera: "door", runs: 2, warnings: [] }]);
  expect(model).toMatchObject({ width: 512, height: 384, built: false });
});
