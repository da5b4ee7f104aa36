import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Command } from "commander";
import type { CloudReady } from "../../../cloud-ingest/cloud.ts";
import { loadCloudConfig } from "../../../cloud-ingest/load-cloud.ts";
import { DEFAULT_FFMPEG, findFfmpeg } from "../../../edge-agent/camera/ffmpeg/ffmpeg-tools.ts";
import { probeSource } from "../../../edge-agent/camera/ffmpeg/ffprobe.ts";
import { videoLengthS } from "../../../edge-agent/camera/ffmpeg/video-length.ts";
import { assertFile } from "../../../edge-agent/camera/video-file.ts";
import { loadDeviceConfig } from "../../../firmware-config/config/load-device.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { createLog } from "../../../firmware-config/kit/log.ts";
import { aborted } from "../../../firmware-config/kit/pause.ts";
import { withTimeLimit } from "../../../firmware-config/kit/time-limit.ts";
import type { ModelFile } from "../../../models/model-store.ts";
import { writeDemoConfigs } from "../../demo/demo-config.ts";
import { freshFolder } from "../../demo/fresh-folder.ts";
import { totalsOf } from "../../demo/totals.ts";
import { ensureFfmpeg } from "../../setup/ffmpeg.ts";
import { type CliContext, stopSignal } from "../context.ts";
import { DEFAULT_MODEL, prepareModel } from "../model.ts";
import { example, parsePath, parsePort } from "../options.ts";
import { keepFilesPrivate } from "../private-files.ts";
import { createProgress, share } from "../progress.ts";
import { runAgent } from "../run-agent.ts";
import { prepareSample } from "../sample.ts";
import { totalsTable } from "../tables.ts";
import { type ToldAlert, toldAlerts } from "../told-alerts.ts";
import { brokerOf, withCloud } from "../with-cloud.ts";

interface DemoOptions {
  readonly once?: boolean;
  readonly video?: string;
  readonly model?: string;
  readonly out: string;
  readonly port: number;
  readonly json?: boolean;
}

const DRAIN_MS = 30_000;
const PROBE_MS = 10_000;

export function registerDemoCommand(program: Command, context: CliContext): void {
  program
    .command("demo")
    .description("everything on this machine: real people on a real video, counted, sent, stored and shown")
    .option("--once", "end after the video instead of serving the dashboard")
    .option("--video <file>", "a video of your own in place of the sample", parsePath)
    .option("--model <name|file>", "model; default: the bundled one")
    .option("--out <dir>", "folder for configuration, data and dashboard", parsePath, "kazoe-demo")
    .option("--port <n>", "port of the dashboard; 0 = any free one", parsePort, 0)
    .option("--json", "print the counts as JSON")
    .addHelpText("after", example("kazoe demo --once --out /tmp/kazoe-demo"))
    .action((options: DemoOptions) => run(options, context));
}

async function run(options: DemoOptions, context: CliContext): Promise<void> {
  const signal = stopSignal();
  await ensureFfmpeg(context.note);
  const model = await prepareModel(options.model ?? DEFAULT_MODEL, context, signal);
  const video = options.video === undefined ? await prepareSample(context) : resolve(options.video);
  // Before the last demo's folders go.
  if (options.video !== undefined) await assertPlays(video, signal);
  signal.throwIfAborted();
  keepFilesPrivate();
  const dir = resolve(options.out);
  const release = await freshFolder(dir, [video, model.path]);
  try {
    await countAndShow({ options, context, dir, video, model }, signal);
  } finally {
    await release();
  }
}

/** Throws VIDEO_NOT_FOUND, or VIDEO_UNREADABLE for what is no film. */
async function assertPlays(path: string, signal: AbortSignal): Promise<void> {
  await assertFile(path);
  const tools = await findFfmpeg(DEFAULT_FFMPEG);
  await probeSource({ kind: "file", path }, { tools, signal, timeoutMs: PROBE_MS });
}

interface Demo {
  readonly options: DemoOptions;
  readonly context: CliContext;
  readonly dir: string;
  readonly video: string;
  readonly model: ModelFile;
}

async function countAndShow({ options, context, dir, video, model }: Demo, signal: AbortSignal): Promise<void> {
  const isSample = options.video === undefined;
  const settings = { dir, video, isSample, videoS: await videoLengthS(video), httpPort: options.port };
  const written = { ...settings, model: options.model === undefined ? undefined : model.path };
  // Ctrl-C ends ffmpeg, too: that its film is not whole is no news then.
  const paths = await writeDemoConfigs(written).finally(() => signal.throwIfAborted());
  const config = await loadCloudConfig(paths.cloud);
  await withCloud({ config, clock: systemClock, log: createLog("warn") }, async (ready, lost) => {
    const stopping = AbortSignal.any([signal, lost]);
    await besideIllDevice({ deviceFile: paths.illDevice, ready, context }, stopping, async (failed) => {
      const alive = AbortSignal.any([stopping, failed]);
      await watchVideo({ deviceFile: paths.device, model, ready, context }, stopping);
      const alerts = await toldAlerts(ready, alive);
      // A part of the video's counts would look like all of them.
      signal.throwIfAborted();
      const late = new DOMException("what was sent is not stored yet", "TimeoutError");
      await withTimeLimit({ signal: lost, limitMs: DRAIN_MS, late }, ready.drained);
      await ready.finishDay(join(dir, "dashboard"));
      const totals = await totalsOf(ready.warehouse, config.stores);
      context.write(
        options.json
          ? `${JSON.stringify({ ...totals, alerts, out: dir })}\n`
          : `${totalsTable(totals.lines, totals.zones)}${alertsText(alerts)}`,
      );
      pointOut({ dir, ready, context, serving: !options.once });
      if (!options.once) await aborted(alive);
    });
  });
}

/** Runs the device whose camera goes black for as long as `use` takes. Throws what either of them throws; `failed` aborts when the device has ended by itself. */
async function besideIllDevice(
  { deviceFile, ready, context }: Omit<Watched, "model">,
  signal: AbortSignal,
  use: (failed: AbortSignal) => Promise<void>,
): Promise<void> {
  const config = await deviceConfigOf(deviceFile, ready);
  const stop = new AbortController();
  const failed = new AbortController();
  const options = { config, model: undefined, version: context.version, log: createLog("error") };
  const running = runAgent(options, AbortSignal.any([signal, stop.signal])).finally(() => failed.abort());
  // Thrown where it is awaited, after what goes on beside it.
  running.catch(() => {});
  try {
    await use(failed.signal);
  } finally {
    stop.abort();
    await running;
  }
}

/** The device's configuration, with the broker of this demo. */
async function deviceConfigOf(file: string, ready: CloudReady) {
  const loaded = await loadDeviceConfig(file);
  return { ...loaded, mqtt: { ...loaded.mqtt, url: `mqtt://127.0.0.1:${brokerOf(ready).port}` } };
}

function alertsText(alerts: readonly ToldAlert[]): string {
  return alerts
    .map(
      ({ device, severity, reason, consequence, firstStep }) =>
        `\nALERT (${severity}) ${device}: ${consequence}\n  Why: ${reason}\n  First step: ${firstStep}\n`,
    )
    .join("");
}

interface Watched {
  readonly deviceFile: string;
  readonly model: ModelFile;
  readonly ready: CloudReady;
  readonly context: CliContext;
}

async function watchVideo({ deviceFile, model, ready, context }: Watched, signal: AbortSignal): Promise<void> {
  const config = await deviceConfigOf(deviceFile, ready);
  const lengthS = await videoLengthS(config.cameras[0]?.source ?? "");
  const progress = createProgress(context, "Counting");
  const startMs = Date.now();
  const seen = { frames: 0, people: 0, crossings: 0 };
  try {
    const log = createLog("warn");
    const observe: Parameters<typeof runAgent>[0]["observe"] = ({ atS }, tracks, events) => {
      seen.frames += 1;
      seen.crossings += events.length;
      const fps = (seen.frames / ((Date.now() - startMs) / 1000)).toFixed(0);
      progress.update(
        share(atS, lengthS),
        `${seen.frames} frames, ${fps} fps, ${tracks.count} people in view, ${seen.crossings} counted`,
      );
    };
    await runAgent({ config, model, version: context.version, log, fileStart: "ends-now", observe }, signal);
  } finally {
    progress.stop();
  }
}

interface Found {
  readonly dir: string;
  readonly ready: CloudReady;
  readonly context: CliContext;
  readonly serving: boolean;
}

function pointOut({ dir, ready, context, serving }: Found): void {
  const page = join(dir, "dashboard", "demo", "street.html");
  context.note(`Dashboard (a file, opens without network): ${pathToFileURL(page).href}\n`);
  context.note(`Counts by date (Parquet): ${relative(process.cwd(), join(dir, "cloud-data", "warehouse")) || dir}\n`);
  const served = `http://127.0.0.1:${ready.http.port}`;
  if (serving)
    context.note(
      `Dashboard (served): ${served}/stores/demo/street\nAlerts and devices, for who runs them: ${served}/operations\nCtrl-C ends.\n`,
    );
  else context.note("Alerts and devices have a page, /operations, while the demo serves: run it without --once.\n");
}
