import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { registerForecastCommand } from "../../../deploy/cli/commands/forecast.ts";
import { FROM, madeHistory } from "../../cloud-ingest/forecast/made-history.ts";
import { forecasterFile, madeForecaster } from "../../cloud-ingest/forecast/onnx/made-forecaster.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { runCommand } from "./beside.ts";

const dateOf = (day: number) => new Date(Date.parse(FROM) + day * 86_400_000).toISOString().slice(0, 10);

async function doors(days = 140): Promise<string> {
  const { names, values } = madeHistory({ days, names: ["a, north", "b"], noise: 0.1 });
  const rows = names.flatMap((name, i) =>
    [...values[i]!].map((value, day) => `"${name}",${dateOf(day)},${value.toFixed(0)}`),
  );
  const file = join(await tempDir(), "doors.csv");
  await writeFile(file, `series,time,value\n${rows.join("\n")}\n`);
  return file;
}

const backtest = (...args: string[]) => runCommand([registerForecastCommand], ["forecast", "backtest", ...args]);

test("a row for each series, origin and time, the last horizon at the end of the data, and a summary", async () => {
  const series = await doors();
  const out = series.replace("doors", "forecasts");
  const plot = series.replace("csv", "svg");
  const asked = ["--freq", "D", "--horizon", "14", "--origins", "2", "--step", "28", "--holidays", "JP", "--json"];
  asked.push("--plot", plot);
  const summary = JSON.parse(await backtest("--series", series, "--out", out, ...asked));
  expect(summary).toMatchObject({ series: 2, rows: 56, origins: [dateOf(98), dateOf(126)] });
  expect(summary.measures.mase).toBeLessThan(1);
  const lines = (await readFile(out, "utf8")).trim().split("\n");
  expect(lines[0]).toBe("series,origin,time,yhat,lo80,hi80,model");
  expect(lines).toHaveLength(57);
  expect(lines[1]).toMatch(new RegExp(`^"a, north",${dateOf(98)},${dateOf(98)},`));
  expect(lines.at(-1)).toMatch(new RegExp(`^b,${dateOf(126)},${dateOf(139)},`));
  for (const line of lines.slice(1)) {
    const [yhat = 0, lo = 0, hi = 0] = line.replace('"a, north"', "a").split(",").slice(3, 6).map(Number);
    expect(0 <= lo && lo <= yhat && yhat <= hi).toBe(true);
  }
  expect(await readFile(plot, "utf8")).toMatch(/^<svg .*<title>Forecasts and what came/s);
});

test("an ONNX model is one more member, named in each row; one that does not do is an error of the command, and --out is never it", async () => {
  const series = await doors();
  const [out, onnx] = [series.replace("doors", "forecasts"), await forecasterFile()];
  const asked = ["--series", series, "--freq", "D", "--horizon", "7", "--origins", "1", "--onnx", onnx];
  await backtest(...asked, "--out", out);
  expect((await readFile(out, "utf8")).trim().split("\n").at(-1)).toMatch(/ \+ onnx 0\.\d\d$/);
  await expect(backtest(...asked, "--out", onnx)).rejects.toThrow(/same file/);
  await writeFile(onnx, madeForecaster({ kind: "nan" }));
  await expect(backtest(...asked, "--out", out)).rejects.toThrow(/no number of people/);
});

test("masked dates and holidays of a file, for all or for one series", async () => {
  const series = await doors();
  const [out, mask] = [series.replace("doors", "forecasts"), series.replace("doors", "mask")];
  await writeFile(
    mask,
    `from,to,name,series\n${dateOf(60)},${dateOf(90)},closed street,b\n${dateOf(20)},,fire drill,\n`,
  );
  const asked = ["--freq", "D", "--horizon", "7", "--origins", "1", "--mask", mask, "--holidays", mask];
  expect(await backtest("--series", series, "--out", out, ...asked)).toMatch(/14 rows written/);
});

test("numbers of a file of regressors move the forecast only where they are marked as known in advance", async () => {
  const series = await doors();
  const regressors = series.replace("doors", "sales");
  const asked = ["--series", series, "--freq", "D", "--horizon", "7", "--origins", "1", "--regressors", regressors];
  const written = async (known: string, ahead: number) => {
    const lines = Array.from(
      { length: 140 },
      (_, day) => `${dateOf(day)},sale,${day < 133 ? day % 5 : ahead},${known}`,
    );
    await writeFile(regressors, `date,name,value,known\n${lines.join("\n")}\n`);
    const out = series.replace("doors", "out");
    await backtest(...asked, "--out", out);
    return readFile(out, "utf8");
  };
  expect(await written("no", 50)).toBe(await written("no", 1));
  expect(await written("yes", 50)).not.toBe(await written("yes", 1));
  await expect(backtest(...asked, "--out", regressors)).rejects.toThrow(/same file/);
});

test.each([
  { name: "hours of dates", args: ["--freq", "H"], error: /by date/ },
  {
    name: "a place that is not there",
    args: ["--freq", "D", "--holidays", "XX"],
    error: /No holidays are known of XX/,
  },
  { name: "a mask that is not there", args: ["--freq", "D", "--mask", "/no/such.csv"], error: /cannot be read/ },
  {
    name: "a horizon as long as the data",
    args: ["--freq", "D", "--horizon", "60"],
    days: 50,
    error: /No origin has data/,
  },
  { name: "a horizon of years", args: ["--freq", "D", "--horizon", "900"], error: /at most 92/ },
])("$name is refused", async ({ args, error, days }) => {
  const series = await doors(days);
  await expect(backtest("--series", series, "--out", series.replace("doors", "out"), ...args)).rejects.toThrow(error);
});

test("the file that is read is never written over", async () => {
  const series = await doors();
  await expect(backtest("--series", series, "--freq", "D", "--out", series)).rejects.toThrow(/same file/);
  const apart = backtest("--series", series, "--freq", "D", "--out", `${series}.out`, "--plot", series);
  await expect(apart).rejects.toThrow(/same file/);
});
