import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { slotText } from "../../../cloud-ingest/quality/panel.ts";
import { madeWeeks, SHAPES } from "../../cloud-ingest/cluster/made-weeks.ts";
import { startKazoe } from "../../support/processes.ts";
import { tempDir } from "../../support/temp-dir.ts";

const TOWN = Object.entries(SHAPES).flatMap(([kind, shape]) => [0, 1, 2].map((i) => ({ name: `${kind} ${i}`, shape })));

async function town(): Promise<string> {
  const panel = madeWeeks(TOWN, 10);
  const lines = panel.names.flatMap((name, index) =>
    Array.from(panel.values[index] ?? [], (value, slot) => `${name},${slotText(panel, slot)},${value}`),
  );
  const file = join(await tempDir(), "town.csv");
  await writeFile(file, `series,time,value\n${lines.join("\n")}\n`);
  return file;
}

async function cluster(...args: string[]) {
  const process = startKazoe(["cluster", "run", ...args]);
  const code = await process.exited;
  return { code, output: process.output(), printed: process.printed() };
}

test("clusters as JSON and as a picture; the next run keeps the ids; segments stand beside", async () => {
  const series = await town();
  const [plot, first, segments] = ["svg", "json", "segments.csv"].map((end) => series.replace("csv", end)) as [
    string,
    string,
    string,
  ];
  const once = await cluster("--series", series, "--plot", plot, "--json");
  expect(once.code, once.output).toBe(0);
  const report = JSON.parse(once.printed);
  expect(report).toMatchObject({ of: "series", k: 3, splitHalf: 1, moved: [] });
  const picture = await readFile(plot, "utf8");
  expect(picture).toContain("night / 夜型");
  expect(picture.match(/<rect/g)?.length).toBe(1 + 3 * 168);
  await writeFile(first, once.printed);
  await writeFile(segments, `﻿series,segment\r\n${TOWN.map(({ name }) => `${name},${name[0]}`).join("\r\n")}`);
  const again = await cluster("--series", series, "--previous", first, "--segments", segments);
  expect(again.output).toContain("3 clusters: silhouette");
  expect(again.output).toContain("Agreement with your segments: 1.");
  const days = await cluster("--series", series, "--days", "commuter 1", "--json");
  expect(JSON.parse(days.printed)).toMatchObject({ of: "days", k: 2 });
});

test("names that steer a terminal: it is shown what they are, and the picture stays one", async () => {
  const dir = await tempDir();
  const panel = madeWeeks(TOWN, 10);
  const hostile = (name: string) => `${name}\u001b[2J\uffff`;
  const lines = panel.names.flatMap((name, index) =>
    Array.from(panel.values[index] ?? [], (value, slot) => `${hostile(name)},${slotText(panel, slot)},${value}`),
  );
  const [series, segments, plot] = ["s.csv", "segments.csv", "p.png"].map((file) => join(dir, file)) as [
    string,
    string,
    string,
  ];
  await writeFile(series, `series,time,value\n${lines.join("\n")}\n`);
  await writeFile(segments, `series,segment\n${hostile(panel.names[0] ?? "")},x\n\n`);
  const { code, output } = await cluster("--series", series, "--segments", segments, "--plot", plot);
  expect(code, output).toBe(0);
  expect(output).toContain("\\u001b[2J");
  expect(output).not.toContain("\u001b[2J");
  expect((await readFile(plot)).subarray(1, 4).toString()).toBe("PNG");
});

test("a series of negative counts is said to be one", async () => {
  const panel = madeWeeks([...TOWN.slice(0, 2), { name: "below", shape: SHAPES.leisure }], 10);
  const lines = panel.names.flatMap((name, index) =>
    Array.from(panel.values[index] ?? [], (value, slot) => {
      return `${name},${slotText(panel, slot)},${name === "below" ? -value - 1 : value}`;
    }),
  );
  const file = join(await tempDir(), "below.csv");
  await writeFile(file, `series,time,value\n${lines.join("\n")}\n`);
  const { output } = await cluster("--series", file);
  expect(output).toContain("Left out: below (negative counts)");
});

test.each([
  { name: "a daily file", files: { "s.csv": "series,time,value\na,2025-01-01,5\n" }, args: [], says: "is daily" },
  { name: "no such series", args: ["--days", "nobody"], says: 'no series "nobody"' },
  { name: "a picture over its own series", args: ["--plot", "s.csv"], says: "--series" },
  {
    name: "an earlier run that is none",
    files: { p: '{"of":"series","series":[{"series":"a","cluster":"1"}]}' },
    args: ["--previous", "p"],
    says: "/series/0/cluster",
  },
  {
    name: "an earlier run of days for one of series",
    files: { p: '{"of":"days","series":[]}' },
    args: ["--previous", "p"],
    says: "it is a run with --days",
  },
  {
    name: "an earlier run of series for one of days",
    files: { p: '{"of":"series","series":[]}' },
    args: ["--previous", "p", "--days", "a"],
    says: "it is a run without --days",
  },
  { name: "an earlier run that is no JSON", files: { p: "<html>" }, args: ["--previous", "p"], says: "cannot be used" },
  {
    name: "segments without a column",
    files: { p: "series,kind\na,b\n" },
    args: ["--segments", "p"],
    says: "a column is missing",
  },
  { name: "segments that are a folder", args: ["--segments", "."], says: "cannot be used" },
])("$name: exit code 2, what and what to do", async ({ files = {}, args, says }) => {
  const dir = await tempDir();
  const all = { "s.csv": "series,time,value\na,2025-01-01T10:00,5\n", ...files };
  for (const [file, text] of Object.entries(all)) await writeFile(join(dir, file), text);
  const placed = args.map((arg) => (["p", ".", "s.csv"].includes(arg) ? join(dir, arg) : arg));
  const { code, output } = await cluster("--series", join(dir, "s.csv"), ...placed);
  expect(code, output).toBe(2);
  expect(output).toContain(says);
  expect(output).toContain("-> ");
});
