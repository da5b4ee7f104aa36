import { expect, test } from "vitest";
import { checkRows } from "./check-rows.ts";

const WARNING = "/dev/dri/none cannot be opened (ENOENT); software would decode";

test("warns of a hardware decoder whose device is not there, and says it in JSON", async () => {
  const rows = "    decoder: { type: vaapi, device: /dev/dri/none }";
  expect(await checkRows(rows)).toContain(`Warning: door: ${WARNING}.\n`);
  const { decoders } = JSON.parse(await checkRows(rows, "--json"));
  expect(decoders).toEqual([{ camera: "door", warnings: expect.arrayContaining([WARNING]) }]);
});

test("says nothing of software", async () => {
  expect(await checkRows("    decoder: { type: software }")).not.toContain("Warning");
  expect(JSON.parse(await checkRows("", "--json"))).not.toHaveProperty("decoders");
});
