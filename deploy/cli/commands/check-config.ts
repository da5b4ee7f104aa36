import type { Command } from "commander";
import { loadCloudConfig } from "../../../cloud-ingest/load-cloud.ts";
import { loadDeviceConfig } from "../../../firmware-config/config/load-device.ts";
import type { CliContext } from "../context.ts";
import { example } from "../options.ts";

interface CheckOptions {
  readonly device?: string;
  readonly cloud?: string;
  readonly json?: boolean;
}

export function registerCheckConfigCommand(program: Command, context: CliContext): void {
  program
    .command("check-config")
    .description("check configuration files without starting anything; exit code 2 when one is wrong")
    .option("--device <file>", "device configuration")
    .option("--cloud <file>", "cloud configuration")
    .option("--json", "print JSON, with the defaults filled in")
    .addHelpText("after", example("kazoe check-config --device device.yaml --cloud cloud.yaml"))
    .action(async ({ device, cloud, json }: CheckOptions) => {
      const checked = {
        ...(device === undefined ? {} : { device: await loadDeviceConfig(device) }),
        ...(cloud === undefined ? {} : { cloud: await loadCloudConfig(cloud) }),
      };
      context.write(json ? `${JSON.stringify(checked, undefined, 2)}\n` : "The configuration is valid.\n");
    });
}
