import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Scorer } from "../../../cloud-ingest/forecast/score.ts";
import { SLOTS } from "../../../cloud-ingest/quality/panel.ts";
import { trafficFolder } from "../quality/data.ts";
import type { BenchResult } from "../result.ts";
import { inTempDir } from "../warehouse/measure.ts";
import { type BenchSet, dailySets, hourlySets } from "./sets.ts";

/** The constants that matter, each with what is tried beside it; the second value is the one in force. */
const CONSTANTS = [
  { file: "members/robust.js", name: "BOUND", values: [1.5, 2, 3, 1e9] },
  { file: "members/shape-fit.js", name: "REPEATS", values: [0.5, 0.7, 0.85] },
  { file: "members/shape-fit.js", name: "SHAPE_HALF_LIFE", values: [28, 42, 70] },
  { file: "members/level.js", name: "SHARPNESS", values: [6, 12, 20] },
  { file: "members/ridge.js", name: "LEVEL_HALF_LIFE", values: [7, 14, 28] },
  { file: "members/ridge.js", name: "FORGET_HALF_LIFE", values: [30, 60, 120] },
  { file: "combine/weights.js", name: "SHARPNESS", values: [5, 10, 15] },
  { file: "combine/weights.js", name: "EQUAL", values: [0.15, 0.3, 0.5] },
  { file: "combine/lean.js", name: "PART", values: [0, 0.4, 0.7] },
  { file: "combine/lean.js", name: "HALF_LIFE", values: [100, 200, 400] },
] as const;
/** Those by which dates are shared out over their hours, judged by the hour. */
const OF_HOURS = [
  { file: "hourly/habits.js", name: "WEEKDAY_HALF_LIFE", values: [60, 120, 240] },
  { file: "hourly/habits.js", name: "HALF_LIVES", values: ["[8, 16]", "[4, 8, 16, 32]", "[8, 16, 32, 64]"] },
  { file: "hourly/habits.js", name: "STEADY", values: [0.2, 0.5, 1.5] },
  { file: "hourly/habits.js", name: "SHARPNESS", values: [10, 20, 40] },
  { file: "hourly/habits.js", name: "BOUND", values: [1.5, 2, 3] },
  { file: "hourly/habits.js", name: "PATIENCE", values: [2, 3, 5] },
  { file: "hourly/profile.js", name: "REPEATS", values: [0.25, 0.5, 0.75] },
  { file: "hourly/profile.js", name: "ABOUT", values: [7, 14, 21] },
  { file: "hourly/profile.js", name: "LIKE_SUNDAY", values: [0.5, 2, 8] },
  { file: "hourly/profile.js", name: "NOT_OFF", values: [0.3, 1, 3] },
  { file: "hourly/profile.js", name: "LIKE_ALL", values: [0.1, 0.3, 1] },
] as const;
type Constant = (typeof CONSTANTS)[number] | (typeof OF_HOURS)[number];
const IN_FORCE = 1;
/** The program as it was built, beside this file. */
const BUILT = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * Each constant chosen on the other sets and judged on the one left out, without trees (which take most of the time): those of dates by date, those of hours by the hour. What is
 * chosen is the value with the lowest geometric mean of MASE over the other sets.
 */
export async function sweepLines(note: (text: string) => void): Promise<readonly BenchResult[]> {
  const folder = trafficFolder();
  if (!folder) return [{ name: "Constants", lines: ["The real series are not beside this checkout (../shared)."] }];
  const name = "Constants: chosen on the other sets, MASE on the one left out";
  return [
    { name, lines: await linesOf(CONSTANTS, dailySets(folder), note) },
    { name: `${name}, by the hour`, lines: await linesOf(OF_HOURS, hourlySets(folder), note) },
  ];
}

async function linesOf(
  constants: readonly Constant[],
  sets: readonly BenchSet[],
  note: (text: string) => void,
): Promise<string[]> {
  const inForce = await inTempDir((dir) => errorsWith(dir, sets));
  const lines: string[] = [`constant, tried: ${sets.map(({ name }) => name).join(" | ")}`];
  for (const { file, name, values } of constants) {
    const tried: number[][] = [];
    for (const [at, value] of values.entries()) {
      note(`${file} ${name} = ${value} ...\n`);
      tried.push(
        at === IN_FORCE
          ? inForce
          : await inTempDir((dir) => errorsWith(dir, sets, { file, name, value: String(value) })),
      );
    }
    const cells = sets.map((_, left) => {
      const chosen = leastOutside(tried, left);
      return `${values[chosen]} -> ${tried[chosen]?.[left]?.toFixed(3)} (now ${inForce[left]?.toFixed(3)})`;
    });
    lines.push(`${file} ${name}, ${values.join("/")}: ${cells.join(" | ")}`);
  }
  return lines;
}

/** Which row is best over all sets but one. */
function leastOutside(tried: readonly (readonly number[])[], left: number): number {
  const means = tried.map((row) => row.reduce((sum, mase, set) => sum + (set === left ? 0 : Math.log(mase)), 0));
  return means.indexOf(Math.min(...means));
}

interface Change {
  readonly file: string;
  readonly name: string;
  readonly value: string;
}

/** MASE by set, of the built program with one constant changed. Modules of another path are other modules. */
async function errorsWith(dir: string, sets: readonly BenchSet[], change?: Change): Promise<number[]> {
  const forecast = await copied(dir);
  if (change) await changed(join(forecast, change.file), change);
  const url = (file: string) => pathToFileURL(join(forecast, file)).href;
  const { backtest }: typeof import("../../../cloud-ingest/forecast/backtest.ts") = await import(url("backtest.js"));
  const { OUR_MEMBERS }: typeof import("../../../cloud-ingest/forecast/members/all.ts") = await import(
    url("members/all.js")
  );
  const members = OUR_MEMBERS.filter(({ name }) => name !== "boosted-trees");
  const errors: number[] = [];
  for (const { panel, horizon, origins, season, truth = panel.values } of sets) {
    const scorer = new Scorer({ truth, slotsPerDay: SLOTS[panel.step], horizon, season });
    const context = { calendars: [panel.notes] };
    for await (const round of backtest(panel, context, { horizon, origins, stepDays: 28, members })) scorer.add(round);
    errors.push(scorer.score().mase);
  }
  return errors;
}

/** A copy of the forecast alone; all else of the program is linked. */
async function copied(dir: string): Promise<string> {
  const cloud = join(dir, "cloud-ingest");
  await mkdir(cloud);
  for (const name of await readdir(BUILT))
    if (name !== "cloud-ingest") await symlink(join(BUILT, name), join(dir, name));
  for (const name of await readdir(join(BUILT, "cloud-ingest")))
    if (name !== "forecast") await symlink(join(BUILT, "cloud-ingest", name), join(cloud, name));
  await cp(join(BUILT, "cloud-ingest", "forecast"), join(cloud, "forecast"), { recursive: true });
  await writeFile(join(dir, "package.json"), '{"type":"module"}');
  return join(cloud, "forecast");
}

async function changed(file: string, { name, value }: Change): Promise<void> {
  const text = await readFile(file, "utf8");
  const line = new RegExp(`^(export )?const ${name} = [^;]+;`, "m");
  if (!line.test(text)) throw new Error(`${file} has no constant ${name}`);
  await writeFile(file, text.replace(line, `$1const ${name} = ${value};`));
}
