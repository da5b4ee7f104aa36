import type { Command } from "commander";
import type { Artefacts, Experiment } from "../../../cloud-ingest/jobs/forecast/artefacts.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { safeLine } from "../../../firmware-config/kit/safe-text.ts";
import type { CliContext } from "../context.ts";
import { example } from "../options.ts";
import { table } from "../tables.ts";
import { jsonText } from "./quarantine.ts";

interface Options {
  readonly config: string;
  readonly json?: boolean;
}

export function registerExperimentsCommand(program: Command, context: CliContext): void {
  const experiments = program
    .command("experiments")
    .description("models of forecasts: what was learnt when, how it did, and the way back");
  const withConfig = (command: Command) =>
    command.requiredOption("--config <file>", "cloud configuration").option("--json", "print JSON");
  withConfig(experiments.command("list").description("models that are kept, newest first, at most 200"))
    .addHelpText("after", example("kazoe experiments list --config cloud.yaml"))
    .action(async ({ config, json }: Options) => {
      const found = await (await artefactsOf(config, context)).list();
      context.write(json ? jsonText(found) : listText(found));
    });
  withConfig(experiments.command("compare").description("two models: data, parameters, and how each did in its trial"))
    .argument("<first>", "id, as `kazoe experiments list` shows it")
    .argument("<second>", "another one")
    .addHelpText(
      "after",
      example(
        "kazoe experiments compare 20261122T184000000Z-1a2b3c4d 20261115T184000000Z-5e6f7a8b --config cloud.yaml",
      ),
    )
    .action(async (first: string, second: string, { config, json }: Options) => {
      const found = await (await artefactsOf(config, context)).list([first, second]);
      const both = [first, second].map((id) => named(found, id)) as [Experiment, Experiment];
      context.write(json ? jsonText(both) : comparison(both));
    });
  withConfig(
    experiments
      .command("use")
      .description("put a model in force that is kept, such as the one before; the next forecast goes by it"),
  )
    .argument("<id>", "as `kazoe experiments list` shows it")
    .addHelpText("after", example("kazoe experiments use 20261115T184000000Z-5e6f7a8b --config cloud.yaml"))
    .action(async (id: string, { config, json }: Options) => {
      const artefacts = await artefactsOf(config, context);
      const { group } = named(await artefacts.list([id]), id);
      await artefacts.putInForce(group, id);
      context.write(json ? jsonText({ group, id }) : `${group}: ${id} is in force. The next renewal learns anew.\n`);
    });
}

async function artefactsOf(file: string, context: CliContext): Promise<Artefacts> {
  const { loadCloudConfig } = await import("../../../cloud-ingest/load-cloud.ts");
  const { Artefacts, modelDirOf } = await import("../../../cloud-ingest/jobs/forecast/artefacts.ts");
  const warn = (fields: object, text: string) => context.note(`${text}: ${safeLine(JSON.stringify(fields), 500)}\n`);
  return new Artefacts(modelDirOf(await loadCloudConfig(file)), { warn });
}

function named(found: readonly Experiment[], id: string): Experiment {
  const [one] = found.filter((experiment) => experiment.id === id);
  if (one) return one;
  throw new AppError(`There is no model ${safeLine(id)}`, {
    code: "USAGE",
    hint: "`kazoe experiments list` shows those that can be used.",
  });
}

const percent = (share: number | undefined) => (share === undefined ? "-" : `${(100 * share).toFixed(1)} %`);

/** Mean errors of a trial over all its series; undefined without one. */
function meanOf({ trials }: Experiment, of: "rival" | "incumbent", which: "mean" | "tail"): number | undefined {
  const values = trials.flatMap((trial) => trial[of]?.[which] ?? []);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function listText(found: readonly Experiment[]): string {
  if (found.length === 0) return "Nothing was learnt yet: `kazoe jobs run renew-forecast` does.\n";
  const rows = found.map((one) => [
    safeLine(one.group, 80),
    one.id,
    one.isCurrent ? "in force" : "",
    safeLine(String(one.parameters.places ?? ""), 20),
    one.trials.length === 0
      ? "first"
      : `${one.trials.filter(({ isRenewed }) => isRenewed).length} of ${one.trials.length}`,
    `${percent(meanOf(one, "rival", "mean"))} / ${percent(meanOf(one, "incumbent", "mean"))}`,
  ]);
  return `${table(["group", "id", "", "places", "renewed", "error new / before"], rows)}\n`;
}

function comparison([a, b]: readonly [Experiment, Experiment]): string {
  const facts = (one: Experiment): readonly (readonly [string, string])[] => [
    ["group", one.group],
    ["made", one.madeAt],
    ["version", one.code],
    ["data", one.dataHash.slice(0, 12)],
    ...Object.entries(one.parameters).map(([name, value]) => [name, String(value)] as const),
    ["error of the trial", percent(meanOf(one, "rival", "mean"))],
    ["9 of 10 days below", percent(meanOf(one, "rival", "tail"))],
    ["error of the one before", percent(meanOf(one, "incumbent", "mean"))],
    ["in force", one.isCurrent ? "yes" : ""],
  ];
  const second = new Map(facts(b));
  const rows = facts(a).map(([name, value]) => [name, safeLine(value, 200), safeLine(second.get(name) ?? "", 200)]);
  return `${table(["", a.id, b.id], rows)}\n`;
}
