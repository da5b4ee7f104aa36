import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { madePanel } from "../../cloud-ingest/quality/made-panels.ts";
import { startKazoe } from "../../support/processes.ts";
import { tempDir } from "../../support/temp-dir.ts";

async function kazoe(...args: string[]) {
  const process = startKazoe(args);
  const code = await process.exited;
  return { code, output: process.output() };
}

async function doors(): Promise<string> {
  const file = join(await tempDir(), "doors.csv");
  const { names, values } = madePanel({ step: "day", days: 120, doors: 3 });
  const lines = names.flatMap((name, i) =>
    [...values[i]!].map(
      (value, day) =>
        `${name},${new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10)},${i === 1 && day >= 80 && day < 83 ? 0 : value}`,
    ),
  );
  await writeFile(file, `series,time,value\n${lines.join("\n")}\n`);
  return file;
}

test("rows, flags as JSON and a picture", async () => {
  const series = await doors();
  const [out, plot] = [series.replace("doors", "flags"), series.replace("csv", "svg")];
  const { code, output } = await kazoe(
    "quality",
    "run",
    "--series",
    series,
    "--holidays",
    "JP",
    "--out",
    out,
    "--plot",
    plot,
    "--json",
  );
  expect(code).toBe(0);
  expect(JSON.parse(output).flags.filter(({ kind }: { kind: string }) => kind === "device")).toMatchObject([
    { series: "door 1", rule: "dead", from: "2024-03-21", to: "2024-03-23" },
  ]);
  const rows = (await readFile(out, "utf8")).trimEnd().split("\n");
  expect(rows[0]).toBe("series,time,value,clean,lo80,hi80,flag,rule,confidence");
  expect(rows).toHaveLength(1 + 3 * 120);
  const dead = rows.find((row) => row.startsWith("door 1,2024-03-22"))!.split(",");
  expect(dead[2]).toBe("0");
  expect(Number(dead[3])).toBeGreaterThan(100);
  expect(Number(dead[4])).toBeLessThanOrEqual(Number(dead[3]));
  expect(Number(dead[5])).toBeGreaterThanOrEqual(Number(dead[3]));
  expect(dead.slice(6, 8)).toEqual(["device", "dead"]);
  expect(rows.join("\n")).not.toContain("NaN");
  expect(await readFile(plot, "utf8")).toMatch(/^<svg[\s\S]*door 1[\s\S]*url\(#hatch\)[\s\S]*<\/svg>\s*$/);
});

test.each([
  { name: "no such file", args: ["--series", "/nowhere.csv"], says: /nowhere\.csv cannot be read/ },
  { name: "no such place", args: ["--holidays", "XX"], says: /No holidays are known of XX/ },
  { name: "no such way", args: ["--siblings", "some"], says: /Write "auto" or "none"/ },
])("$name ends with 2 and says so", async ({ args, says }) => {
  const series = await doors();
  const { code, output } = await kazoe("quality", "run", "--series", series, "--out", `${series}.out`, ...args);
  expect(code).toBe(2);
  expect(output).toMatch(says);
});

test("--help has an example and the meaning of the columns", async () => {
  const { output } = await kazoe("quality", "run", "--help");
  expect(output).toMatch(/Example:\n {2}\$ kazoe quality run --series/);
  expect(output).toContain("series,time,value,clean,lo80,hi80,flag,rule,confidence");
});
