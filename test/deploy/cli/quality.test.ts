import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile, link, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { madePanel } from "../../cloud-ingest/quality/made-panels.ts";
import { KAZOE, startKazoe } from "../../support/processes.ts";
import { tempDir } from "../../support/temp-dir.ts";

async function kazoe(...args: string[]) {
  const process = startKazoe(args);
  const code = await process.exited;
  return { code, output: process.output(), printed: process.printed() };
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
  const { code, printed } = await kazoe(
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
  expect(JSON.parse(printed).flags.filter(({ kind }: { kind: string }) => kind === "device")).toMatchObject([
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

describe("a command never writes over what it reads, nor one result over the other", () => {
  test.each([
    { name: "--out is the series", out: "doors.csv", plot: "p.svg" },
    { name: "--out is a link to it", out: "link.csv", plot: "p.svg" },
    { name: "--plot is the series", out: "o.csv", plot: "doors.csv" },
    { name: "--plot is --out", out: "o.csv", plot: "sub/../o.csv" },
  ])("$name", async ({ out, plot }) => {
    const series = await doors();
    const dir = dirname(series);
    await mkdir(join(dir, "sub"));
    await link(series, join(dir, "link.csv"));
    const before = await readFile(series, "utf8");
    const outputs = ["--out", join(dir, out), "--plot", `${dir}/${plot}`];
    const { code, output } = await kazoe("quality", "run", "--series", series, ...outputs);
    expect({ code, says: output.includes("are the same file") }).toEqual({ code: 2, says: true });
    expect(await readFile(series, "utf8")).toBe(before);
    expect(await readdir(dir)).toHaveLength(3);
  });
});

test.skipIf(!existsSync("/dev/full")).each([["--out"], ["--plot"]])(
  "a full disk at %s is no fault of the command line",
  async (option) => {
    const series = await doors();
    const { code, output } = await kazoe(
      "quality",
      "run",
      "--series",
      series,
      "--out",
      `${series}.out`,
      option,
      "/dev/full",
    );
    expect(code).toBe(1);
    expect(output).toMatch(new RegExp(`The disk is full: /dev/full\\n {2}-> .*${option}.* \\[DISK_FULL\\]`));
  },
);

test("a number at the end of what a computer holds stays a number", async () => {
  const series = await doors();
  await appendFile(
    series,
    "door 1,2024-04-29,1e308\ndoor 9,2024-01-01,1e308\ndoor 9,2024-01-02,1.234\ndoor 9,2024-01-03,-1e308\n",
  );
  const out = `${series}.out`;
  expect(
    await kazoe("quality", "run", "--series", series, "--out", out, "--plot", `${series}.svg`, "--json"),
  ).toMatchObject({ code: 0 });
  const text = (await readFile(out, "utf8")) + (await readFile(`${series}.svg`, "utf8"));
  expect(text).not.toMatch(/Infinity|NaN/);
  expect(text).toMatch(/^door 9,2024-01-01,1e\+308,/m);
  expect(text).toMatch(/^door 9,2024-01-02,1\.23,/m);
});

test("- is the standard input, from a file or a pipe; what is no file is refused at once otherwise", async () => {
  const series = await doors();
  const run = `"${process.execPath}" "${KAZOE}" quality run --out "${series}.out" --json --series`;
  const rows = async () => (await readFile(`${series}.out`, "utf8")).split("\n").length;
  for (const line of [`cat "${series}" | ${run} -`, `${run} - < "${series}"`, `${run} /dev/stdin < "${series}"`]) {
    await promisify(execFile)("sh", ["-c", line]);
    expect(await rows()).toBe(2 + 3 * 120);
    await rm(`${series}.out`);
  }
  await expect(promisify(execFile)("sh", ["-c", `cat "${series}" | ${run} /dev/stdin`])).rejects.toThrow(
    /is a pipe, not a file.*- for the standard input/,
  );
});

test("--plot x.png is a picture", async () => {
  const series = await doors();
  const plot = `${series}.PNG`;
  const { code } = await kazoe("quality", "run", "--series", series, "--out", `${series}.out`, "--plot", plot);
  expect(code).toBe(0);
  const png = await readFile(plot);
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  // Twice the drawing: three series of 180 and 30 for the legend.
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2_000, 2 * (3 * 180 + 30)]);
  expect(png.length).toBeGreaterThan(20_000);
});

test.each([
  { name: "no such file", args: ["--series", "/nowhere.csv"], says: /nowhere\.csv cannot be read/ },
  { name: "no such place", args: ["--holidays", "XX"], says: /No holidays are known of XX/ },
  { name: "no such prefecture", args: ["--holidays", "JP-99"], says: /No holidays are known of JP-99/ },
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
