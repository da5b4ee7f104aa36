import type { Command } from "commander";
import { trackFile } from "../../../edge-agent/mot/track-file.ts";
import type { CliContext } from "../context.ts";
import { example, parsePath, parsePositive, parseSize, warn } from "../options.ts";

interface TrackOptions {
  readonly detections: string;
  readonly fps: number;
  readonly size: { readonly width: number; readonly height: number };
  readonly out: string;
  readonly json?: boolean;
}

export function registerTrackCommand(program: Command, context: CliContext): void {
  program
    .command("track")
    .description("join MOTChallenge detections to tracks: the tracker alone")
    .requiredOption("--detections <file>", "frame,-1,left,top,width,height,score,... in pixels, frames from 1")
    .requiredOption("--fps <n>", "frames per second", parsePositive)
    .requiredOption("--size <WxH>", "size of the picture, pixels", parseSize)
    .requiredOption("--out <file>", "MOTChallenge tracks to write", parsePath)
    .option("--json", "print JSON")
    .addHelpText("after", example("kazoe track --detections det.txt --fps 7 --size 768x576 --out tracks.txt"))
    .action(async ({ detections, fps, size, out, json }: TrackOptions) => {
      const result = await trackFile({ detectionsPath: detections, fps, ...size, outPath: out });
      warn(result.warnings, context);
      if (json) context.write(`${JSON.stringify({ ...result, out })}\n`);
      else context.write(`${result.tracks} tracks in ${result.frames} frames, written to ${out}\n`);
    });
}
