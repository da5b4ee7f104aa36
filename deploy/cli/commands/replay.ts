import { access } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import type { ReplaySummary } from "../../../edge-agent/replay/replay.ts";
import type { CameraConfig } from "../../../firmware-config/config/device.ts";
import { loadDeviceConfig } from "../../../firmware-config/config/load-device.ts";
import { sourceOf } from "../../../firmware-config/config/source.ts";
import type { Provider } from "../../../firmware-config/contract/provider.ts";
import { assertApart, named } from "../../../firmware-config/kit/apart.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { createLog } from "../../../firmware-config/kit/log.ts";
import { type CliContext, stopSignal } from "../context.ts";
import { openDetector } from "../open-detector.ts";
import { example, parsePath, parseProvider, parseThreads, warn } from "../options.ts";
import { pickCamera } from "../pick-camera.ts";
import { createProgress, type Progress, share } from "../progress.ts";
import { totalsTable } from "../tables.ts";

interface ReplayOptions {
  readonly config: string;
  readonly video?: string;
  readonly out: string;
  readonly camera?: string;
  readonly model?: string;
  readonly threads?: number;
  readonly provider?: Provider;
  readonly everyFrame?: boolean;
  readonly render?: string;
  readonly json?: boolean;
}

const BY_MODEL = { detector: { type: "model" } } as const;

export function registerReplayCommand(program: Command, context: CliContext): void {
  program
    .command("replay")
    .description(
      "the edge path alone on a video, as fast as it goes: tracks, events, counts and a summary as files; it works on the frames that the shop's camera would give, thinned to its fps",
    )
    .requiredOption("--config <file>", "device configuration")
    .option("--video <file>", "video in place of the camera's source", parsePath)
    .requiredOption("--out <dir>", "folder for tracks.txt, events.ndjson, counts.ndjson and summary.json", parsePath)
    .option("--camera <id>", "camera of the configuration; default: the first")
    .option("--model <name|file>", "model in place of the configuration's, or of the camera's overhead detector")
    .option("--threads <n>", "CPU threads of the model; 0 = all cores", parseThreads)
    .option("--provider <name>", "what the model runs on: cpu, cuda, tensorrt, openvino, coreml or dml", parseProvider)
    .option("--every-frame", "work on every frame of the video, whatever the camera's fps")
    .option(
      "--render <file.mp4>",
      "the video once more with boxes, paths, lines, zones and counts; it shows people",
      parsePath,
    )
    .option("--json", "print the summary as JSON")
    .addHelpText("after", example("kazoe replay --config device.yaml --video day.mp4 --out result --render result.mp4"))
    .action((options: ReplayOptions) => run(options, context));
}

async function run(options: ReplayOptions, context: CliContext): Promise<void> {
  const signal = stopSignal();
  const config = await loadDeviceConfig(options.config);
  const picked = pickCamera(config, options.camera);
  const source = options.video === undefined ? picked.source : resolve(options.video);
  const camera: CameraConfig = { ...picked, source, ...(options.model === undefined ? {} : BY_MODEL) };
  await assertThere(camera.source);
  await assertOthers(options, camera.source);
  const { modelName, gates, detector } = await openDetector(camera, config, { options, context, signal });
  const [{ videoLengthS }, { replay }] = await Promise.all([
    import("../../../edge-agent/camera/ffmpeg/video-length.ts"),
    import("../../../edge-agent/replay/replay.ts"),
  ]);
  const lengthS = await videoLengthS(camera.source);
  const progress = createProgress(context, "Replay");
  try {
    const log = createLog("warn");
    const onFrame = (frames: number, atS: number) => progress.update(share(atS, lengthS), `${frames} frames`);
    const { everyFrame = false } = options;
    const outDir = resolve(options.out);
    const render = options.render === undefined ? {} : { render: renderingTo(options.render, progress) };
    const summary = await replay(
      { config, camera, modelName, gates, detector, outDir, everyFrame, clock: systemClock, log, onFrame, ...render },
      signal,
    );
    progress.stop();
    context.write(options.json ? `${JSON.stringify(summary)}\n` : totalsTable(summary.lines, summary.zones));
    if (options.json) warn(summary.warnings, context);
    else context.write(summary.warnings.map((text) => `Warning: ${text}.\n`).join(""));
    if (!options.json) context.write(`${usedText(summary)}\n${speedText(summary)}, in ${options.out}\n`);
  } finally {
    progress.stop();
    await detector.close();
  }
}

function renderingTo(file: string, progress: Progress) {
  const onProgress = (atS: number, lengthS: number) => progress.update(share(atS, lengthS), "drawn");
  return { outFile: resolve(file), onProgress };
}

/** A result must not be written over the video or the configuration that it is made of. */
async function assertOthers({ out, config, model, render }: ReplayOptions, source: string): Promise<void> {
  const { replayFiles } = await import("../../../edge-agent/replay/outputs.ts");
  const video = sourceOf(source);
  await assertApart(
    [...replayFiles(resolve(out)).map((path) => ({ option: "--out", path })), ...named("--render", render)],
    [
      { option: "--config", path: config },
      ...(video.kind === "file" ? [{ option: "the video", path: video.path }] : []),
      ...named("--model", model),
    ],
  );
}

/** A device that is not there would be waited for, as a shop's camera is. */
async function assertThere(text: string): Promise<void> {
  const source = sourceOf(text);
  if (source.kind !== "usb") return;
  await access(source.device).catch((cause: unknown) => {
    const hint = "Check the path of the video or device.";
    throw new AppError(`${source.device}: no such file or device`, { code: "VIDEO_NOT_FOUND", hint, cause });
  });
}

function usedText({ mode, maxFps, frames, shownFrames }: ReplaySummary): string {
  const used = `${frames} of ${shownFrames} frames used`;
  return mode === "as-live" ? `${used}, as live at fps ${maxFps} (--every-frame for all)` : `${used} (--every-frame)`;
}

/** Where the model runs once a tile, each run counts: it is the pipeline that is judged. */
export function speedText(summary: Pick<ReplaySummary, "fps" | "bareInferenceFps" | "inferencesPerFrame">): string {
  const { fps, bareInferenceFps, inferencesPerFrame } = summary;
  return `${fps} fps (${((fps * inferencesPerFrame) / bareInferenceFps).toFixed(2)} of the bare model)`;
}
