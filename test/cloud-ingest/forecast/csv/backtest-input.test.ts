import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { contextOf, historyOf } from "../../../../cloud-ingest/forecast/csv/backtest-input.ts";
import type { Panel } from "../../../../cloud-ingest/quality/panel.ts";
import { tempDir } from "../../../support/temp-dir.ts";

const panelOf = (names: readonly string[]): Panel => ({
  step: "day",
  from: "2026-01-01",
  days: 1,
  names,
  values: names.map(() => new Float64Array(1)),
  loads: names.map(() => new Uint8Array(1)),
  notes: new Map(),
});

async function maskOf(lines: readonly string[]): Promise<string> {
  const file = join(await tempDir(), "mask.csv");
  await writeFile(file, `date,name,series\n${lines.join("\n")}\n`);
  return file;
}

test("a date of one series is of that one, a date of none of all", async () => {
  const mask = await maskOf(["2026-01-01,all,", "2026-01-02,own,b"]);
  const { calendars } = await contextOf(panelOf(["a", "b"]), { mask }, 1);
  expect(calendars.map((calendar) => [...calendar.keys()])).toEqual([["2026-01-01"], ["2026-01-01", "2026-01-02"]]);
});

test("thousands of series with dates of their own are read in the time of their rows, not of rows times series", async () => {
  const names = Array.from({ length: 20_000 }, (_, i) => `s${i}`);
  const mask = await maskOf(names.flatMap((name) => [1, 2, 3].map((day) => `2026-01-0${day},own,${name}`)));
  const { calendars } = await contextOf(panelOf(names), { mask }, 1);
  expect(calendars.length).toBe(20_000);
  expect(calendars.at(-1)?.size).toBe(3);
}, 60_000);

test("hours of opening hours alone are summed to dates", () => {
  const hours = Float64Array.from({ length: 30 * 24 }, (_, slot) =>
    slot % 24 >= 9 && slot % 24 < 22 ? 10 : Number.NaN,
  );
  const panel: Panel = { ...panelOf(["a"]), step: "hour", days: 30, values: [hours] };
  const { step, values } = historyOf(panel, "D");
  expect(step).toBe("day");
  expect(values[0]!.subarray(14)).toEqual(new Float64Array(16).fill(130));
});
