import { type Command, InvalidArgumentError } from "commander";
import type { BacktestRound } from "../../../cloud-ingest/forecast/backtest.ts";
import type { History, Member, PanelForecast } from "../../../cloud-ingest/forecast/port.ts";
import type { Score } from "../../../cloud-ingest/forecast/score.ts";
import { SLOTS } from "../../../cloud-ingest/quality/panel.ts";
import { assertApart, named } from "../../../firmware-config/kit/apart.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { type CliContext, stopSignal } from "../context.ts";
import { example, parseCount, parsePath } from "../options.ts";
import { pictureFile, writePicture } from "../picture.ts";
import { createProgress, share } from "../progress.ts";
import { table } from "../tables.ts";
import { registerForecastExplain } from "./forecast-explain.ts";

interface BacktestArguments {
  readonly series: string;
  readonly freq: "D" | "H";
  readonly horizon?: number;
  readonly origins: number;
  readonly step: number;
  readonly holidays?: string;
  readonly mask?: string;
  readonly regressors?: string;
  readonly onnx?: string;
  readonly out: string;
  readonly plot?: string;
  readonly json?: boolean;
}

const MOST_HORIZON_DAYS = 92;
const USUAL_HORIZON = { D: 28, H: 168 } as const;
const SEASON = { day: 7, hour: 168 } as const;

const FORMAT = `
Reads series,time,value: local time (ISO 8601), gaps allowed, an empty value is a gap; hours are summed to dates by --freq D.
Origins are --step dates apart; the last one is the latest whose whole horizon lies inside the data. At each, all is learned again from the
rows before it alone: members, their weights, intervals. An origin is written as the first time that is foretold. Origins before which there is nothing are left out.
--mask and --holidays FILE.csv: "date,name" or "from,to,name", with a column "series" where a line is of one alone. Masked dates are not learned
from and are foretold as ordinary ones. Holidays of the horizon are known in advance.
--regressors FILE.csv: "date,name,value" with weather, prices, promotions or events by local date, one line for each date and name; a column "series" where
a line is of one alone, and a column "known" that says "yes" of a name whose numbers are known in advance. Only those are used for the dates foretold, as if
they were known at each origin: of weather give what was forecast then, not what came. All others explain the past and are as usual ahead. A missing date is as usual,
and one ahead, of a name known in advance, is foretold without that name.
--onnx FILE: what a model takes and gives stands in cloud-ingest/forecast/README.md. It counts where it was better on past origins: one that was trained on these very series knows them.
Writes series,origin,time,yhat,lo80,hi80,model; a series without a row before an origin has none behind it.
`;

export function registerForecastCommand(program: Command, context: CliContext): void {
  const forecast = program.command("forecast").description("how many people will come, and how sure that is");
  registerForecastExplain(forecast, context);
  forecast
    .command("backtest")
    .description("forecast the past of a CSV file from rolling origins")
    .requiredOption("--series <file>", "CSV with the columns series,time,value; - for standard input", parsePath)
    .requiredOption("--freq <step>", "D: by date, H: by hour", parseFrequency)
    .option(
      "--horizon <n>",
      "steps ahead; by default 28 dates or 168 hours",
      parseCount(MOST_HORIZON_DAYS * SLOTS.hour),
    )
    .option("--origins <k>", "how many origins", parseCount(1000), 13)
    .option("--step <days>", "dates between origins", parseCount(1000), 28)
    .option("--holidays <place>", "public holidays: a country or state such as JP, AU-VIC or US-NY, or a CSV file")
    .option("--mask <file>", "CSV of dates that are not learned from, such as lockdowns", parsePath)
    .option("--regressors <file>", "CSV of weather, prices, promotions by date", parsePath)
    .option("--onnx <file>", "an ONNX model as one more member", parsePath)
    .requiredOption("--out <file>", "CSV for the forecasts", parsePath)
    .option("--plot <file>", "picture of the last forecasts and what came: .png, else SVG", parsePath)
    .option("--json", "print a summary as JSON")
    .addHelpText(
      "after",
      `${FORMAT}${example("kazoe forecast backtest --series doors.csv --freq H --horizon 168 --origins 8 --step 28 --holidays JP --out forecasts.csv --plot forecasts.svg")}`,
    )
    .action((options: BacktestArguments) => runBacktest(options, context));
}

function parseFrequency(text: string): string {
  const step = text.toUpperCase();
  if (step !== "D" && step !== "H") throw new InvalidArgumentError('Write "D" or "H".');
  return step;
}

async function runBacktest(options: BacktestArguments, context: CliContext): Promise<void> {
  const { readSeries, STDIN } = await import("../../../cloud-ingest/quality/csv/read-series.ts");
  const { contextOf, historyOf } = await import("../../../cloud-ingest/forecast/csv/backtest-input.ts");
  const { backtest } = await import("../../../cloud-ingest/forecast/backtest.ts");
  const { writeForecasts } = await import("../../../cloud-ingest/forecast/csv/write-forecasts.ts");
  const { Scorer } = await import("../../../cloud-ingest/forecast/score.ts");
  const { series, freq, origins, step: stepDays, out, plot } = options;
  const horizon = options.horizon ?? USUAL_HORIZON[freq];
  const horizonDays = Math.ceil(horizon / SLOTS[freq === "H" ? "hour" : "day"]);
  if (horizonDays > MOST_HORIZON_DAYS) throw tooFar();
  const written = [...named("--out", out), ...named("--plot", plot)];
  await assertApart(written, readFiles(options, STDIN));
  const picture = await pictureFile(plot);
  const progress = createProgress(context, "Backtest");
  const signal = stopSignal();
  const startMs = Date.now();
  try {
    const onBytes = (done: number, whole: number) => progress.update((share(done, whole) ?? 0) * 0.1, "reading");
    const read = await readSeries(series, onBytes, signal);
    const history = historyOf(read.panel, freq);
    const known = await contextOf(read.panel, options, horizonDays);
    const onProgress = (done: number) => progress.update(0.1 + 0.9 * done, "fitting and forecasting");
    const members = await membersWith(options.onnx);
    const rounds = backtest(history, known, { horizon, origins, stepDays, signal, onProgress, ...members });
    const scorer = new Scorer({
      truth: history.values,
      slotsPerDay: SLOTS[history.step],
      horizon,
      season: SEASON[history.step],
    });
    const found: string[] = [];
    const { drawBacktest, LastRounds } = await import("../../../cloud-ingest/forecast/plot/draw-backtest.ts");
    const last = new LastRounds(history);
    const heard = listened(rounds, (round) => {
      scorer.add(round);
      last.add(round);
      found.push(round.forecast.from);
    });
    const style =
      freq === "D" && read.panel.step === "hour" ? { separator: "T", seconds: "", hasTime: false } : read.style;
    const rows = await writeForecasts(out, knownSeries(heard, history), style);
    if (picture) await writePicture(picture, () => drawBacktest(history, last.rounds));
    context.write(
      summary(
        { rows, origins: found, score: scorer.score(), history, seconds: (Date.now() - startMs) / 1000 },
        options,
      ),
    );
  } finally {
    progress.stop();
  }
}

async function membersWith(onnx: string | undefined): Promise<{ members?: readonly Member[] }> {
  if (onnx === undefined) return {};
  const { OUR_MEMBERS } = await import("../../../cloud-ingest/forecast/members/all.ts");
  const { openOnnxMember } = await import("../../../cloud-ingest/forecast/onnx/onnx-member.ts");
  return { members: [...OUR_MEMBERS, await openOnnxMember(onnx)] };
}

function readFiles({ series, holidays, mask, regressors, onnx }: BacktestArguments, stdin: string) {
  return [
    ...named("--series", series === stdin ? undefined : series),
    ...named("--mask", mask),
    ...named("--regressors", regressors),
    ...named("--onnx", onnx),
    ...named("--holidays", holidays),
  ];
}

const tooFar = () =>
  new AppError(`--horizon: at most ${MOST_HORIZON_DAYS} dates ahead`, { code: "USAGE", hint: "Write a shorter one." });

async function* listened(rounds: AsyncIterable<BacktestRound>, hear: (round: BacktestRound) => void) {
  for await (const round of rounds) {
    hear(round);
    yield round;
  }
}

/** Without what nothing was known of before the origin. */
async function* knownSeries(
  rounds: AsyncIterable<BacktestRound>,
  { values, step }: History,
): AsyncGenerator<PanelForecast> {
  for await (const { origin, forecast } of rounds) {
    const before = origin * SLOTS[step];
    const isKnown = (i: number) => values[i]?.subarray(0, before).some((value) => value >= 0);
    yield { ...forecast, series: forecast.series.filter((_, i) => isKnown(i)) };
  }
}

interface Result {
  readonly rows: number;
  readonly origins: readonly string[];
  readonly score: Score;
  readonly history: History;
  readonly seconds: number;
}

function summary({ rows, origins, score, history, seconds }: Result, { json, out }: BacktestArguments): string {
  const measures = Object.fromEntries(
    Object.entries(score).map(([name, value]) => [name, Number.isFinite(value) ? Number(value.toFixed(4)) : null]),
  );
  if (json) return `${JSON.stringify({ series: history.names.length, origins, rows, out, seconds, measures })}\n`;
  return `${rows} rows written to ${out}\n${table(
    ["measure", "value"],
    Object.entries(measures).map(([name, value]) => [name, String(value ?? "-")]),
  )}\n`;
}
