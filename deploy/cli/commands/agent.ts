import type { Command } from "commander";
import { loadDeviceConfig } from "../../../firmware-config/config/load-device.ts";
import { createLog } from "../../../firmware-config/kit/log.ts";
import { type CliContext, untilStopped } from "../context.ts";
import { prepareDeviceModel } from "../model.ts";
import { example } from "../options.ts";
import { keepFilesPrivate } from "../private-files.ts";
import { runAgent } from "../run-agent.ts";

interface AgentOptions {
  readonly config: string;
  readonly json?: boolean;
}

export function registerAgentCommand(program: Command, context: CliContext): void {
  program
    .command("agent")
    .description("the device half: cameras to broker; runs until it is stopped, or its video files end")
    .requiredOption("--config <file>", "device configuration")
    .option("--json", "errors as JSON (the log on stderr always is)")
    .addHelpText("after", example("kazoe agent --config /etc/kazoe/device.yaml"))
    .action(({ config: file }: AgentOptions) =>
      untilStopped(async (signal) => {
        const config = await loadDeviceConfig(file);
        const model = await prepareDeviceModel(config, context, signal);
        keepFilesPrivate();
        await runAgent({ config, model, version: context.version, log: createLog(config.logLevel) }, signal);
      }),
    );
}
