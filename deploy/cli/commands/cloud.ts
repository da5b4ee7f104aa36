import type { Command } from "commander";
import { loadCloudConfig } from "../../../cloud-ingest/load-cloud.ts";
import { ALL_ROLES, parseRoles, ROLES } from "../../../cloud-ingest/roles.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { createLog } from "../../../firmware-config/kit/log.ts";
import { type CliContext, stopSignal } from "../context.ts";
import { example } from "../options.ts";
import { keepFilesPrivate } from "../private-files.ts";

interface CloudOptions {
  readonly config: string;
  readonly role?: string;
  readonly json?: boolean;
}

export function registerCloudCommand(program: Command, _context: CliContext): void {
  program
    .command("cloud")
    .description("the cloud half: broker, inbox, ingest, warehouse, jobs and dashboards; runs until it is stopped")
    .requiredOption("--config <file>", "cloud configuration")
    .option("--role <roles>", `parts that run in this process, with commas between: ${ROLES.join(", ")}; default all`)
    .option("--json", "errors as JSON (the log on stderr always is)")
    .addHelpText("after", example("kazoe cloud --config /etc/kazoe/cloud.yaml"))
    .action(async ({ config: file, role }: CloudOptions) => {
      const roles = role === undefined ? ALL_ROLES : parseRoles(role);
      const signal = stopSignal();
      keepFilesPrivate();
      const config = await loadCloudConfig(file);
      const { Cloud } = await import("../../../cloud-ingest/cloud.ts");
      await new Cloud({ config, clock: systemClock, log: createLog(config.logLevel), roles }).run(signal);
    });
}
