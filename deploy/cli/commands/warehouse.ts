import type { Command } from "commander";
import { loadCloudConfig } from "../../../cloud-ingest/load-cloud.ts";
import type { MigrationStep } from "../../../cloud-ingest/warehouse/plan-warehouse.ts";
import { type CliContext, stopSignal } from "../context.ts";
import { example } from "../options.ts";
import { createProgress, share } from "../progress.ts";
import { jsonText } from "./quarantine.ts";
import { registerCopy } from "./warehouse-copy.ts";

interface CloudFile {
  readonly cloud: string;
  readonly json?: boolean;
}

/** Exit code of a plan that is not empty, for scripts: 1 and 2 are errors everywhere. */
const LACKING = 3;

export function registerWarehouseCommand(program: Command, context: CliContext): void {
  const warehouse = program
    .command("warehouse")
    .description("make the tables of a warehouse on BigQuery; move rows between warehouses");
  registerPlan(warehouse, context);
  registerMigrate(warehouse, context);
  registerCopy(warehouse, context);
}

function registerPlan(warehouse: Command, context: CliContext): void {
  warehouse
    .command("plan")
    .description(
      `print the DDL of what the dataset lacks, nothing when all is there; changes nothing. Exit code 0 when all is there, ${LACKING} when something is lacking. The embedded warehouse lacks nothing: it makes its tables at each start`,
    )
    .requiredOption("--cloud <file>", "cloud configuration")
    .option("--json", "print JSON")
    .addHelpText("after", example("kazoe warehouse plan --cloud cloud.yaml"))
    .action(async ({ cloud, json }: CloudFile) => {
      const steps = await planOf(cloud);
      context.write(json ? jsonText({ steps: steps.map(shownStep) }) : steps.map(({ ddl }) => `${ddl}\n\n`).join(""));
      if (steps.length > 0) process.exitCode = LACKING;
    });
}

function registerMigrate(warehouse: Command, context: CliContext): void {
  warehouse
    .command("migrate")
    .description("make what `kazoe warehouse plan` prints, and say each step; may be repeated and stopped at any time")
    .requiredOption("--cloud <file>", "cloud configuration")
    .option("--json", "print JSON")
    .addHelpText("after", example("kazoe warehouse migrate --cloud cloud.yaml"))
    .action(async ({ cloud, json }: CloudFile) => {
      const signal = stopSignal();
      const done: MigrationStep[] = [];
      const steps = await planOf(cloud);
      try {
        for await (const step of applied(steps, { signal, context })) done.push(step);
      } finally {
        context.write(json ? jsonText({ steps: done.map(shownStep) }) : doneText(steps, done));
      }
    });
}

async function planOf(file: string): Promise<readonly MigrationStep[]> {
  const config = await loadCloudConfig(file);
  const { planWarehouse } = await import("../../../cloud-ingest/warehouse/plan-warehouse.ts");
  return planWarehouse(config);
}

/** The steps, each once it is done. */
async function* applied(
  steps: readonly MigrationStep[],
  { signal, context }: { readonly signal: AbortSignal; readonly context: CliContext },
): AsyncGenerator<MigrationStep> {
  const progress = createProgress(context, "Migration");
  try {
    for (const [index, step] of steps.entries()) {
      signal.throwIfAborted();
      progress.update(share(index, steps.length), step.name);
      await step.apply();
      yield step;
    }
    if (steps.length > 0) progress.update(1, `${steps.length} steps`);
  } finally {
    progress.stop();
  }
}

const shownStep = ({ name, ddl }: MigrationStep) => ({ name, ddl });

function doneText(steps: readonly MigrationStep[], done: readonly MigrationStep[]): string {
  if (steps.length === 0) return "Nothing was lacking.\n";
  return done.map(({ ddl }) => `${firstLine(ddl)}\n`).join("");
}

/** `CREATE TABLE counts`, ``CREATE OR REPLACE VIEW v_counts``. */
const firstLine = (ddl: string) => (ddl.split("\n")[0] ?? "").replace(/ *(\(| AS)$/, "").replaceAll("`", "");
