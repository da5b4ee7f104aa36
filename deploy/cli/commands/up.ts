import type { Command } from "commander";
import { loadCloudConfig } from "../../../cloud-ingest/load-cloud.ts";
import { loadDeviceConfig } from "../../../firmware-config/config/load-device.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { createLog } from "../../../firmware-config/kit/log.ts";
import { type CliContext, untilStopped } from "../context.ts";
import { prepareDeviceModel } from "../model.ts";
import { example } from "../options.ts";
import { keepFilesPrivate } from "../private-files.ts";
import { runAgent } from "../run-agent.ts";
import { withCloud } from "../with-cloud.ts";

interface UpOptions {
  readonly device: string;
  readonly cloud: string;
  readonly json?: boolean;
}

export function registerUpCommand(program: Command, context: CliContext): void {
  program
    .command("up")
    .description("both halves in one process, for a single shop; runs until it is stopped")
    .requiredOption("--device <file>", "device configuration")
    .requiredOption("--cloud <file>", "cloud configuration")
    .option("--json", "errors as JSON (the log on stderr always is)")
    .addHelpText("after", example("kazoe up --device device.yaml --cloud cloud.yaml"))
    .action((options: UpOptions) => untilStopped((signal) => run(options, context, signal)));
}

async function run({ device, cloud }: UpOptions, context: CliContext, signal: AbortSignal): Promise<void> {
  const [deviceConfig, cloudConfig] = await Promise.all([loadDeviceConfig(device), loadCloudConfig(cloud)]);
  const model = await prepareDeviceModel(deviceConfig, context, signal);
  keepFilesPrivate();
  const log = createLog(cloudConfig.logLevel);
  await withCloud({ config: cloudConfig, clock: systemClock, log }, async ({ http }, lost) => {
    context.note(`Dashboards: http://${http.host}:${http.port}/\n`);
    const stopping = AbortSignal.any([signal, lost]);
    await runAgent({ config: deviceConfig, model, version: context.version, log }, stopping);
  });
}
