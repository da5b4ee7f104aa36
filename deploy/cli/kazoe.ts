import { Command, CommanderError } from "commander";
import { AppError, exitCodeOf, messageOf } from "../../firmware-config/kit/errors.ts";
import { type CliContext, createContext, endWithReader, STOPPED } from "./context.ts";

/** In the order of the help. Loaded when asked for: all together take half a second to read on a fast machine, seconds on a small device. */
const COMMANDS: Readonly<Record<string, () => Promise<(program: Command, context: CliContext) => void>>> = {
  demo: async () => (await import("./commands/demo.ts")).registerDemoCommand,
  up: async () => (await import("./commands/up.ts")).registerUpCommand,
  agent: async () => (await import("./commands/agent.ts")).registerAgentCommand,
  cloud: async () => (await import("./commands/cloud.ts")).registerCloudCommand,
  alerts: async () => (await import("./commands/alerts.ts")).registerAlertsCommand,
  quality: async () => (await import("./commands/quality.ts")).registerQualityCommand,
  experiments: async () => (await import("./commands/experiments.ts")).registerExperimentsCommand,
  cluster: async () => (await import("./commands/cluster.ts")).registerClusterCommand,
  forecast: async () => (await import("./commands/forecast.ts")).registerForecastCommand,
  quarantine: async () => (await import("./commands/quarantine.ts")).registerQuarantineCommand,
  ledger: async () => (await import("./commands/ledger.ts")).registerLedgerCommand,
  jobs: async () => (await import("./commands/jobs.ts")).registerJobsCommand,
  warehouse: async () => (await import("./commands/warehouse.ts")).registerWarehouseCommand,
  rows: async () => (await import("./commands/rows.ts")).registerRowsCommand,
  calendar: async () => (await import("./commands/calendar.ts")).registerCalendarCommand,
  replay: async () => (await import("./commands/replay.ts")).registerReplayCommand,
  suggest: async () => (await import("./commands/suggest.ts")).registerSuggestCommand,
  track: async () => (await import("./commands/track.ts")).registerTrackCommand,
  count: async () => (await import("./commands/count.ts")).registerCountCommand,
  models: async () => (await import("./commands/models.ts")).registerModelsCommand,
  token: async () => (await import("./commands/token.ts")).registerTokenCommand,
  "check-config": async () => (await import("./commands/check-config.ts")).registerCheckConfigCommand,
};

/** The command line for `args`; commander: the most used parser of the field, without dependencies. */
async function createProgram(args: readonly string[], context: CliContext, json: boolean): Promise<Command> {
  const program = new Command("kazoe")
    .description("People counted at the edge, numbers you can trust in the warehouse.")
    .version(json ? JSON.stringify({ version: context.version }) : context.version)
    .showHelpAfterError("(add --help for the options and an example)")
    .exitOverride()
    .configureOutput({ writeErr: (text) => (json ? undefined : context.note(text)) });
  const asked = Object.keys(COMMANDS).filter((name) => name === args[0]);
  for (const [name, load] of Object.entries(COMMANDS)) {
    if (asked.length === 0 || asked.includes(name)) (await load())(program, context);
  }
  return program;
}

/** Says what went wrong, where, and what to do; as JSON when the command was asked for JSON. */
function report(error: unknown, context: CliContext, json: boolean): void {
  const known = error instanceof AppError ? error : undefined;
  if (json) {
    const { code, hint } = known ?? { code: "INTERNAL", hint: "Report this." };
    context.note(`${JSON.stringify({ error: { code, message: messageOf(error), hint } })}\n`);
  } else if (known) {
    context.note(`kazoe: ${known.message}\n  -> ${known.hint} [${known.code}]\n`);
  } else {
    context.note(
      `kazoe: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n  -> This is a fault of ours; please report it. [INTERNAL]\n`,
    );
  }
}

/** Commander has said already what is wrong, but for a reader of JSON. */
function endOf({ exitCode, message }: CommanderError, context: CliContext, json: boolean): number {
  if (exitCode === 0) return 0;
  const hint = "Add --help for the options and an example.";
  if (json) report(new AppError(message.replace(/^error: /, ""), { code: "USAGE", hint }), context, json);
  return 2;
}

async function main(args: readonly string[], context: CliContext, json: boolean): Promise<number> {
  try {
    await (await createProgram(args, context, json)).parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return endOf(error, context, json);
    if (error instanceof Error && error.name === "AbortError") return STOPPED;
    report(error, context, json);
    return exitCodeOf(error);
  }
}

const args = process.argv.slice(2);
const context = createContext(process.env);
const json = args.includes("--json");
endWithReader(process, (error) => report(error, context, json));
process.exitCode = await main(args, context, json);
