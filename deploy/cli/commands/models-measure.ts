import { resolve } from "node:path";
import type { Command } from "commander";
import type { Evaluation } from "../../../edge-agent/replay/evaluate.ts";
import type { Provider } from "../../../firmware-config/contract/provider.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { createLog } from "../../../firmware-config/kit/log.ts";
import { type CliContext, stopSignal } from "../context.ts";
import { readLinesFile } from "../lines-file.ts";
import { fallbackWarnings, prepareModel } from "../model.ts";
import { example, parsePath, parsePositive, parseProvider, parseThreads, warn } from "../options.ts";
import { createProgress, share } from "../progress.ts";
import { table } from "../tables.ts";

type MeasureContext = Pick<CliContext, "modelsDir" | "interactive" | "write" | "note">;

interface RunOptions {
  readonly provider?: Provider;
  readonly threads?: number;
  readonly json?: boolean;
}

interface BenchOptions extends RunOptions {
  readonly seconds: number;
}

interface EvalOptions extends RunOptions {
  readonly video?: string;
  readonly truth?: string;
  readonly lines?: string;
  readonly clips?: string;
  readonly write?: boolean;
}

const PROVIDER = ["--provider <name>", "cpu, cuda, tensorrt, openvino, coreml or dml", parseProvider] as const;
const THREADS = ["--threads <n>", "CPU threads of the model; 0 = all cores", parseThreads] as const;
/** Runs that are not counted: the first ones are slower. */
const WARM_UP_S = 0.5;
/** Between two steps of the bar. */
const PART_S = 1;
const MB = 1024 * 1024;

export function registerMeasureCommands(models: Command, context: MeasureContext): void {
  models
    .command("bench")
    .description("how fast a model is on this machine: time of a picture, pictures per second, memory")
    .argument("<name or file>", "a name from the list, or an ONNX file")
    .option(...PROVIDER)
    .option(...THREADS)
    .option("--seconds <n>", "how long to measure", parsePositive, 10)
    .option("--json", "print JSON instead of a table")
    .addHelpText("after", example("kazoe models bench yolox-nano --threads 2 --seconds 20"))
    .action((nameOrFile: string, options: BenchOptions) => bench(nameOrFile, options, context));
  models
    .command("eval")
    .description(
      "how well a model's people are found, followed and counted on a video whose truth is known; or, with --clips, from which scores on it is to be believed, by films that a person has counted",
    )
    .argument("<name or file>", "a name from the list, or an ONNX file")
    .option("--video <file>", "the video; every frame is used", parsePath)
    .option("--truth <file>", "its true tracks, frame,id,left,top,width,height,... in pixels", parsePath)
    .option("--lines <file>", "JSON array of lines to count at, in parts of the picture or in pixels", parsePath)
    .option(
      "--clips <file>",
      "JSON array of films, each with lines and zones and what a person counted there",
      parsePath,
    )
    .option("--write", "with --clips: keep the chosen scores in the model's record, when they count better")
    .option(...PROVIDER)
    .option(...THREADS)
    .option("--json", "print JSON instead of a table")
    .addHelpText("after", example("kazoe models eval yolox-nano --video shop.mp4 --truth gt.txt --lines lines.json"))
    .action((nameOrFile: string, options: EvalOptions) => runEval(nameOrFile, options, context));
}

/** The model, tried, on what was asked for. */
async function open(nameOrFile: string, options: RunOptions, context: MeasureContext, signal: AbortSignal) {
  const model = await prepareModel(nameOrFile, context, signal);
  const { createDetector } = await import("../../../edge-agent/detector/onnx-detector.ts");
  const { threads = 0, provider = "cpu" } = options;
  const detector = await createDetector(model, { threads, provider, minScore: 0.1, nmsIou: 0.6 });
  warn(fallbackWarnings(detector.runsOn), context);
  return { model, detector };
}

async function bench(nameOrFile: string, options: BenchOptions, context: MeasureContext): Promise<void> {
  const signal = stopSignal();
  const { model, detector } = await open(nameOrFile, options, context, signal);
  const progress = createProgress(context, "Bench");
  try {
    const { seededBytes } = await import("../../../edge-agent/detector/probe/seeded-bytes.ts");
    const { width, height } = detector.shape;
    const frame = seededBytes(3 * width * height);
    await detector.timeRuns(frame, Math.min(WARM_UP_S, options.seconds));
    const runsMs: number[] = [];
    for (let doneS = 0; doneS < options.seconds; doneS += PART_S) {
      signal.throwIfAborted();
      const part = await detector.timeRuns(frame, Math.min(PART_S, options.seconds - doneS));
      for (const ms of part.runsMs) runsMs.push(ms);
      progress.update(share(doneS + PART_S, options.seconds), `${runsMs.length} pictures`);
    }
    progress.stop();
    const { provider } = detector.runsOn;
    const result = { model: model.name, family: model.family, width, height, provider, ...figuresOf(runsMs) };
    context.write(options.json ? `${JSON.stringify(result)}\n` : benchTable(result));
  } finally {
    progress.stop();
    await detector.close();
  }
}

function figuresOf(runsMs: readonly number[]) {
  const sorted = runsMs.toSorted((a, b) => a - b);
  const at = (part: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0);
  const wholeMs = runsMs.reduce((sum, ms) => sum + ms, 0);
  const fps = round((1000 * runsMs.length) / wholeMs);
  const peakRssMb = Math.round((process.resourceUsage().maxRSS * 1024) / MB);
  return { pictures: runsMs.length, p50Ms: at(0.5), p95Ms: at(0.95), fps, peakRssMb };
}

const round = (value: number) => Math.round(value * 100) / 100;

function benchTable(result: ReturnType<typeof figuresOf> & Readonly<Record<string, string | number>>): string {
  const rows = [
    ["family", `${result.family}, ${result.width} x ${result.height}`],
    ["runs on", `${result.provider}`],
    ["a picture", `${result.p50Ms} ms (median), ${result.p95Ms} ms (95 of 100 are faster)`],
    ["pictures per second", `${result.fps}`],
    ["memory of the process", `${result.peakRssMb} MB at most`],
  ];
  return `${table(["model", `${result.model}`], rows)}\n`;
}

async function runEval(nameOrFile: string, options: EvalOptions, context: MeasureContext): Promise<void> {
  const { video, truth, lines, clips, write } = options;
  if (clips !== undefined) {
    if (video ?? truth ?? lines) throw usage("--clips stands alone", "Its films have their lines in the file.");
    return chooseGates(nameOrFile, { ...options, clips }, context);
  }
  if (write) throw usage("--write needs --clips", "Scores are chosen by films that a person has counted.");
  if (video === undefined || truth === undefined) {
    throw usage(
      "eval needs --video and --truth, or --clips",
      "Example: kazoe models eval yolox-nano --clips clips.json",
    );
  }
  await evaluateModel(nameOrFile, { ...options, video, truth }, context);
}

const usage = (text: string, hint: string) => new AppError(text, { code: "USAGE", hint });

async function chooseGates(
  nameOrFile: string,
  options: EvalOptions & { readonly clips: string },
  context: MeasureContext,
): Promise<void> {
  const signal = stopSignal();
  const { calibrateModel, calibrationText } = await import("./models-calibrate.ts");
  const [{ assertRecorded }, { keepGates, readStored }] = await Promise.all([
    import("../../../models/gates.ts"),
    import("../../../models/model-store.ts"),
  ]);
  const { model, detector } = await open(nameOrFile, options, context, signal);
  try {
    if (options.write) await assertRecorded(context.modelsDir, model);
    const found = await calibrateModel({ clipsFile: options.clips, model, detector, context, signal });
    const stored = options.write && found.isBetter ? await readStored(context.modelsDir, model.name) : undefined;
    if (stored) await keepGates(context.modelsDir, stored, found.chosen);
    const isWritten = stored !== undefined;
    const text = `${calibrationText(found)}${isWritten ? `Kept in the record of ${model.name}.\n` : ""}`;
    context.write(options.json ? `${JSON.stringify({ model: model.name, ...found, isWritten })}\n` : text);
  } finally {
    await detector.close();
  }
}

async function evaluateModel(
  nameOrFile: string,
  options: EvalOptions & { readonly video: string; readonly truth: string },
  context: MeasureContext,
): Promise<void> {
  const signal = stopSignal();
  const linesIn = options.lines === undefined ? () => [] : await readLinesFile(options.lines);
  const { model, detector } = await open(nameOrFile, options, context, signal);
  const progress = createProgress(context, "Eval");
  try {
    const [{ videoLengthS }, { evaluate }] = await Promise.all([
      import("../../../edge-agent/camera/ffmpeg/video-length.ts"),
      import("../../../edge-agent/replay/evaluate.ts"),
    ]);
    const video = resolve(options.video);
    const lengthS = await videoLengthS(video);
    const onFrame = (frames: number, atS: number) => progress.update(share(atS, lengthS), `${frames} frames`);
    const found = await evaluate(
      {
        video,
        truthPath: options.truth,
        linesIn,
        modelName: model.name,
        detector,
        clock: systemClock,
        log: createLog("warn"),
        onFrame,
      },
      signal,
    );
    progress.stop();
    warn(found.warnings, context);
    context.write(options.json ? `${JSON.stringify(found)}\n` : evalTables(found));
  } finally {
    progress.stop();
    await detector.close();
  }
}

function evalTables({ lines, ...found }: Evaluation): string {
  const figure = (value: number) => value.toFixed(3);
  const rows = [
    ["HOTA", figure(found.hota)],
    ["IDF1", figure(found.idf1)],
    ["MOTA", figure(found.mota)],
    ["identity switches", `${found.switches}`],
    ["frames", `${found.frames} of ${found.videoFps.toFixed(1)} per second`],
    ["speed", `${found.fps} frames per second`],
  ];
  const counted = lines.map(({ id, trueIn, foundIn, trueOut, foundOut, wrong }) => [
    id,
    trueIn,
    foundIn,
    trueOut,
    foundOut,
    wrong,
  ]);
  const head = ["line", "in, true", "found", "out, true", "found", "wrong"];
  const parts = [table(["model", found.model], rows), ...(lines.length > 0 ? [table(head, counted)] : [])];
  return `${parts.join("\n")}\n`;
}
