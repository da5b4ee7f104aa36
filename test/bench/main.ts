import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { createContext } from "../../deploy/cli/context.ts";
import { DEFAULT_MODEL, prepareModel } from "../../deploy/cli/model.ts";
import { prepareSample } from "../../deploy/cli/sample.ts";
import { ensureFfmpeg } from "../../deploy/setup/ffmpeg.ts";
import { runDurableAckBench } from "./durable-ack.ts";
import { costPage } from "./gcp-cost/cost-page.ts";
import { runReplayBench } from "./replay.ts";
import type { BenchResult } from "./result.ts";
import { deviceVerdict, runDeviceSoak } from "./soak/device-soak.ts";
import { runSoak, verdictOf } from "./soak/soak.ts";

const HELP = `npm run bench [-- OPTIONS]          speed of replay and of acknowledgements
npm run bench:cloud [-- PART...]     Pub/Sub and BigQuery on doubles of the services: rate, workers, memory, latency (on emulators),
                                     bytes, start
npm run bench:quality                broken counters found and innocent ones left alone, on real series
npm run bench:forecast [-- PART...]  people foretold on real series: backtests, peers (libraries of PYTHON), covid, lockdowns, stretches,
                                     today, clusters, newcomers, speed; PART=WORD,...: sets with such a word (backtests, peers);
                                     -- --sweep: constants, one set left out
npm run bench:health [-- PART]       ill devices found and innocent ones left alone: cameras (on films), alerts (their own
                                     rules, from counts and health), page (first paint), engine (a day of 10,000 devices)
npm run bench:perception             people followed and counted, beside open trackers; -- --sweep: constants chosen anew
npm run bench -- regions             counts with regions and tiles of the picture, on films of shops, as they are and half as large
npm run bench -- warehouse [PART]    ingest, archive, roll-up, reading and partitions of the embedded warehouse, beside bare DuckDB
npm run bench -- soak [OPTIONS]     memory of the cloud half under a steady load; exit code 1 unless it is flat
npm run bench -- soak-device         memory of the agent on a film that goes round at full speed; exit code 1 unless it is flat
npm run bench -- impute [PART]      error and coverage of filled gaps, beside simple methods, on real series and shops
npm run bench -- gcp-cost           what a month on Google Cloud costs, for deploy/gcp/README.md
  --video FILE       in place of the sample video
  --model NAME|FILE  in place of the bundled model
  --threads N        of the model; 0 = all cores
  --every-frame      of the video; otherwise those that a camera at the default fps gives
  --rows N           warehouse: counts in three years of 1,000 stores (30000000; a minute for each ten million, and their disk)
  --json             print the results as JSON
  --minutes N        soak, soak-device: how long (60)
  --rate N           soak: messages per second (300)
  --flat N           soak: MB per minute up to which the last half counts as flat (1)
Example: npm run bench -- --model yolox_nano.onnx --threads 2
`;

/** The default of `cameras[].fps`. */
const DEFAULT_FPS = 10;
const context = createContext(process.env);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    video: { type: "string" },
    model: { type: "string" },
    threads: { type: "string", default: "0" },
    "every-frame": { type: "boolean", default: false },
    rows: { type: "string", default: "30000000" },
    minutes: { type: "string", default: "60" },
    rate: { type: "string", default: "300" },
    flat: { type: "string", default: "1" },
    sweep: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) context.write(HELP);
else if (positionals[0] === "soak") await soak();
else if (positionals[0] === "soak-device") await soakDevice();
else if (positionals[0] === "cloud") await cloud(positionals.slice(1));
else if (positionals[0] === "quality") await quality();
else if (positionals[0] === "forecast") await forecast(positionals.slice(1));
else if (positionals[0] === "health") await health(positionals[1] ?? "");
else if (positionals[0] === "perception") await perception();
else if (positionals[0] === "regions") await regions();
else if (positionals[0] === "gcp-cost") context.write(`${await costPage()}\n`);
else if (positionals[0] === "impute") await impute(positionals[1]);
else if (positionals[0] === "warehouse") await warehouse(positionals[1] ?? "");
else await main();

async function soak(): Promise<void> {
  const numbers = { minutes: Number(values.minutes), rate: Number(values.rate), flatMbPerMinute: Number(values.flat) };
  const options = { ...numbers, note: (line: string) => (values.json ? context.note : context.write)(`${line}\n`) };
  const result = await runSoak(options);
  context.write(values.json ? `${JSON.stringify(result)}\n` : `${verdictOf(result, options)}\n`);
  process.exitCode = result.isFlat && result.missing === 0 ? 0 : 1;
}

async function soakDevice(): Promise<void> {
  await ensureFfmpeg(context.note);
  const video = values.video ? resolve(values.video) : await prepareSample(context);
  const note = (line: string) => (values.json ? context.note : context.write)(`${line}\n`);
  const model = values.model ?? DEFAULT_MODEL;
  const result = await runDeviceSoak({ minutes: Number(values.minutes), video, model, note });
  context.write(values.json ? `${JSON.stringify(result)}\n` : `${deviceVerdict(result)}\n`);
  process.exitCode = result.isFlat ? 0 : 1;
}

/** Only the parts whose name holds `part`. */
async function impute(part?: string): Promise<void> {
  const { runImputeBench } = await import("./impute/impute-bench.ts");
  print(await runImputeBench(part));
}

async function regions(): Promise<void> {
  const { runRegionBench } = await import("./perception/field/regions.ts");
  print(await runRegionBench((line) => context.note(`${line}\n`)));
}

/** Only the parts whose name holds `part`. */
async function warehouse(part: string): Promise<void> {
  const rows = Number(values.rows);
  if (!Number.isSafeInteger(rows) || rows < 1) throw new Error(`--rows ${values.rows} is no number of rows`);
  const parts: Readonly<Record<string, () => Promise<BenchResult>>> = {
    ingest: async () => (await import("./warehouse/ingest-bench.ts")).runIngestBench(),
    archive: async () => (await import("./warehouse/archive-bench.ts")).runArchiveBench(),
    "roll-up": async () => (await import("./warehouse/read-bench.ts")).runRollUpBench(),
    reading: async () => (await import("./warehouse/read-bench.ts")).runReadBench(),
    partitions: async () => (await import("./warehouse/partitions-bench.ts")).runPartitionsBench(rows),
  };
  const results: BenchResult[] = [];
  for (const [name, run] of Object.entries(parts)) {
    if (!name.includes(part)) continue;
    results.push(await run());
    if (!values.json) print(results.slice(-1));
  }
  if (values.json) print(results);
}

async function quality(): Promise<void> {
  const { runQualityBench } = await import("./quality/quality-bench.ts");
  print(await runQualityBench(context.note));
}

async function forecast(parts: readonly string[]): Promise<void> {
  const { runForecastBench } = await import("./forecast/forecast-bench.ts");
  if (!values.sweep) return print(await runForecastBench(context.note, parts));
  const { sweepLines } = await import("./forecast/sweep.ts");
  print(await sweepLines(context.note));
}

/** Only the parts whose name holds `part`. */
async function health(part: string): Promise<void> {
  const { note } = context;
  const parts: Readonly<Record<string, () => Promise<readonly BenchResult[]>>> = {
    cameras: async () => {
      await ensureFfmpeg(note);
      return (await import("./camera-health/health-bench.ts")).runHealthBench(note);
    },
    alerts: async () => (await import("./alerts/alert-bench.ts")).runAlertBench(note),
    page: async () => [await (await import("./alerts/page-bench.ts")).runPageBench()],
    engine: async () => [await (await import("./alerts/engine-memory.ts")).runEngineMemoryBench(note)],
  };
  const results: BenchResult[] = [];
  for (const [name, run] of Object.entries(parts)) if (name.includes(part)) results.push(...(await run()));
  print(results);
}

async function perception(): Promise<void> {
  await ensureFfmpeg(context.note);
  const { runPerceptionBench } = await import("./perception/perception-bench.ts");
  const video = values.video ? resolve(values.video) : await prepareSample(context);
  const model = await prepareModel(values.model ?? DEFAULT_MODEL, context, new AbortController().signal);
  const pace = () => runReplayBench({ video, model, threads: 0, fps: DEFAULT_FPS });
  const { besidePython } = await import("./perception/beside-python.ts");
  const beside = () => besidePython(video);
  print(await runPerceptionBench(context.note, { sweep: values.sweep, pace, beside }));
}

/** Loads Google's clients, which the other benchmarks do without. */
async function cloud(parts: readonly string[]): Promise<void> {
  const { runCloudBench } = await import("./cloud/cloud-bench.ts");
  print(await runCloudBench(parts));
}

async function main(): Promise<void> {
  await ensureFfmpeg(context.note);
  const video = values.video === undefined ? await prepareSample(context) : resolve(values.video);
  const model = await prepareModel(values.model ?? DEFAULT_MODEL, context, new AbortController().signal);
  const fps = values["every-frame"] ? Number.POSITIVE_INFINITY : DEFAULT_FPS;
  const results = [
    await runReplayBench({ video, model, threads: Number(values.threads), fps }),
    await runDurableAckBench(),
  ];
  print(results);
}

function print(results: readonly BenchResult[]): void {
  context.write(values.json ? `${JSON.stringify(results)}\n` : results.map(textOf).join("\n"));
}

function textOf({ name, lines }: BenchResult): string {
  return `${name}\n${lines.map((line) => `  ${line}\n`).join("")}`;
}
