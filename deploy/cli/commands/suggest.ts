import { resolve } from "node:path";
import type { Command } from "commander";
import type { Lives } from "../../../edge-agent/suggest/lives.ts";
import type { Suggestion, Suggestions } from "../../../edge-agent/suggest/suggest-areas.ts";
import { loadDeviceConfig } from "../../../firmware-config/config/load-device.ts";
import { assertApart, named } from "../../../firmware-config/kit/apart.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { createLog } from "../../../firmware-config/kit/log.ts";
import { type CliContext, stopSignal } from "../context.ts";
import { openDetector } from "../open-detector.ts";
import { example, parsePath, parsePositive, parseSize } from "../options.ts";
import { pickCamera } from "../pick-camera.ts";
import { pictureFile, writePicture } from "../picture.ts";
import { createProgress, share } from "../progress.ts";

interface SuggestOptions {
  readonly config?: string;
  readonly camera?: string;
  readonly video?: string;
  readonly detections?: string;
  readonly tracks?: string;
  readonly fps?: number;
  readonly size?: { readonly width: number; readonly height: number };
  readonly plot?: string;
  readonly json?: boolean;
}

interface Watched {
  readonly lives: Lives;
  readonly picture: { readonly width: number; readonly height: number };
}

export function registerSuggestCommand(program: Command, context: CliContext): void {
  program
    .command("suggest")
    .description(
      "propose entries and masks of a camera from a film, or a file of detections or tracks, best of an hour; look at the plot before you use them",
    )
    .option("--config <file>", "device configuration, with --video")
    .option("--camera <id>", "camera of the configuration; default: the first")
    .option("--video <file>", "film of that camera", parsePath)
    .option("--detections <file>", "MOTChallenge detections, with --fps and --size", parsePath)
    .option(
      "--tracks <file>",
      "MOTChallenge tracks, with --fps and --size; things are in it only where they were taken for people",
      parsePath,
    )
    .option("--fps <n>", "frames per second of the file", parsePositive)
    .option("--size <WxH>", "size of the picture, pixels", parseSize)
    .option("--plot <file>", "the areas over where people began and ended: .png, else SVG; shows nobody", parsePath)
    .option("--json", "print JSON")
    .addHelpText("after", example("kazoe suggest --config device.yaml --video hour.mp4 --plot areas.png"))
    .action((options: SuggestOptions) => run(options, context));
}

async function run(options: SuggestOptions, context: CliContext): Promise<void> {
  const { plot, json } = options;
  const read = [options.video, options.detections, options.tracks, options.config];
  const names = ["--video", "--detections", "--tracks", "--config"];
  await assertApart(
    named("--plot", plot),
    read.flatMap((path, k) => named(names[k] ?? "", path)),
  );
  const file = await pictureFile(plot);
  const { lives, picture } = await watch(options, context);
  const [{ suggestAreas }, { drawAreas }] = await Promise.all([
    import("../../../edge-agent/suggest/suggest-areas.ts"),
    import("../../../edge-agent/suggest/draw-areas.ts"),
  ]);
  const suggestions = suggestAreas({ ...lives.all, picture });
  if (file) await writePicture(file, () => drawAreas({ suggestions, lives: lives.all.lives, picture }));
  context.write(json ? `${JSON.stringify(suggestions)}\n` : yamlOf(suggestions));
}

async function watch(options: SuggestOptions, context: CliContext): Promise<Watched> {
  const { config, video, detections, tracks, fps, size } = options;
  if ([video, detections, tracks].filter((path) => path !== undefined).length !== 1) {
    throw usage(
      "Name one of --video, --detections and --tracks",
      "Example: kazoe suggest --config device.yaml --video hour.mp4",
    );
  }
  if (video !== undefined) {
    if (config === undefined)
      throw usage("--video needs --config", "Name the device configuration whose camera made the film.");
    return watchVideo({ config, video, camera: options.camera }, context);
  }
  if (fps === undefined || size === undefined) {
    throw usage(
      "A file of boxes needs --fps and --size",
      "Example: kazoe suggest --tracks tracks.txt --fps 10 --size 768x576",
    );
  }
  const { watchFile } = await import("../../../edge-agent/suggest/watch-file.ts");
  const kind = detections === undefined ? "tracks" : "detections";
  const lives = await watchFile({ path: detections ?? tracks ?? "", kind, fps, picture: size });
  return { lives, picture: size };
}

interface Film {
  readonly config: string;
  readonly video: string;
  readonly camera: string | undefined;
}

async function watchVideo(film: Film, context: CliContext): Promise<Watched> {
  const signal = stopSignal();
  const config = await loadDeviceConfig(film.config);
  const camera = { ...pickCamera(config, film.camera), source: resolve(film.video) };
  const { gates, detector } = await openDetector(camera, config, { options: {}, context, signal });
  const [{ videoLengthS }, { watchFilm }] = await Promise.all([
    import("../../../edge-agent/camera/ffmpeg/video-length.ts"),
    import("../../../edge-agent/suggest/watch-film.ts"),
  ]);
  const progress = createProgress(context, "Suggest");
  try {
    const lengthS = await videoLengthS(camera.source);
    const onFrame = (atS: number) => progress.update(share(atS, lengthS), "watched");
    const parts = {
      camera,
      trackerConfig: config.tracker,
      gates,
      detector,
      clock: systemClock,
      log: createLog("warn"),
    };
    return await watchFilm({ ...parts, onFrame }, signal);
  } finally {
    progress.stop();
    await detector.close();
  }
}

const usage = (text: string, hint: string) => new AppError(text, { code: "USAGE", hint });

/** What goes below the camera, with what speaks for each line. */
function yamlOf({ entries, masks, walkers, things, leftOut, lengthS }: Suggestions): string {
  const watched = `# ${Math.round(lengthS)} s watched: ${walkers} walked, ${things} never moved. Look at them (--plot) before you use them.\n`;
  const crowd = `# ${leftOut} more tracks were too many and are left out; take a shorter film or file.\n`;
  const line = ({ id, polygon }: Suggestion, why: string) =>
    `  - { id: ${id}, polygon: [${polygon.map(([x, y]) => `[${x}, ${y}]`).join(", ")}] }   # ${why}\n`;
  const part = (key: string, lines: readonly string[], none: string) =>
    lines.length === 0 ? `# ${key}: ${none}\n` : `${key}:\n${lines.join("")}`;
  return [
    watched,
    ...(leftOut > 0 ? [crowd] : []),
    part(
      "entries",
      entries.map((one) => line(one, `${one.weight} times somebody came or left`)),
      "too few came or left to say",
    ),
    part(
      "masks",
      masks.map((one) => line(one, `something stood here for ${one.weight} s; a seat or a till must stay`)),
      "nothing stood for long",
    ),
  ].join("");
}
