import type { Command } from "commander";
import { countFile } from "../../../edge-agent/mot/count-file.ts";
import { loadDeviceConfig } from "../../../firmware-config/config/load-device.ts";
import type { CliContext } from "../context.ts";
import { example, parsePositive, parseSize, warn } from "../options.ts";
import { pickCamera } from "../pick-camera.ts";
import { totalsTable } from "../tables.ts";

interface CountOptions {
  readonly tracks: string;
  readonly fps: number;
  readonly size: { readonly width: number; readonly height: number };
  readonly config: string;
  readonly camera?: string;
  readonly json?: boolean;
}

export function registerCountCommand(program: Command, context: CliContext): void {
  program
    .command("count")
    .description("count given MOTChallenge tracks: the counters alone")
    .requiredOption("--tracks <file>", "frame,id,left,top,width,height,... in pixels, frames from 1")
    .requiredOption("--fps <n>", "frames per second", parsePositive)
    .requiredOption("--size <WxH>", "size of the picture, pixels", parseSize)
    .requiredOption("--config <file>", "device configuration with the lines and zones")
    .option("--camera <id>", "camera of the configuration; default: the first")
    .option("--json", "print JSON")
    .addHelpText("after", example("kazoe count --tracks gt.txt --fps 7 --size 768x576 --config device.yaml --json"))
    .action(async ({ tracks, fps, size, config, camera, json }: CountOptions) => {
      const { lines, zones } = pickCamera(await loadDeviceConfig(config), camera);
      const result = await countFile({ tracksPath: tracks, fps, ...size, lines, zones });
      warn(result.warnings, context);
      context.write(json ? `${JSON.stringify(result)}\n` : totalsTable(result.lines, result.zones));
    });
}
