import { Command, CommanderError } from "commander";
import { AppError, exitCodeOf, messageOf } from "../../firmware-config/kit/errors.ts";
import { registerAgentCommand } from "./commands/agent.ts";
import { registerCalendarCommand } from "./commands/calendar.ts";
import { registerCheckConfigCommand } from "./commands/check-config.ts";
import { registerCloudCommand } from "./commands/cloud.ts";
import { registerCountCommand } from "./commands/count.ts";
import { registerDemoCommand } from "./commands/demo.ts";
import { registerJobsCommand } from "./commands/jobs.ts";
import { registerLedgerCommand } from "./commands/ledger.ts";
import { registerModelsCommand } from "./commands/models.ts";
import { registerQualityCommand } from "./commands/quality.ts";
import { registerQuarantineCommand } from "./commands/quarantine.ts";
import { registerReplayCommand } from "./commands/replay.ts";
import { registerTokenCommand } from "./commands/token.ts";
import { registerTrackCommand } from "./commands/track.ts";
import { registerUpCommand } from "./commands/up.ts";
import { registerWarehouseCommand } from "./commands/warehouse.ts";
import { type CliContext, createContext, endWithReader, STOPPED } from "./context.ts";

const COMMANDS = [
  registerDemoCommand,
  registerUpCommand,
  registerAgentCommand,
  registerCloudCommand,
  registerQualityCommand,
  registerQuarantineCommand,
  registerLedgerCommand,
  registerJobsCommand,
  registerWarehouseCommand,
  registerCalendarCommand,
  registerReplayCommand,
  registerTrackCommand,
  registerCountCommand,
  registerModelsCommand,
  registerTokenCommand,
  registerCheckConfigCommand,
];

/** The command line; commander: the most used parser of the field, without dependencies. */
function createProgram(context: CliContext, json: boolean): Command {
  const program = new Command("kazoe")
    .description("People counted at the edge, numbers you can trust in the warehouse.")
    .version(json ? JSON.stringify({ version: context.version }) : context.version)
    .showHelpAfterError("(add --help for the options and an example)")
    .exitOverride()
    .configureOutput({ writeErr: (text) => (json ? undefined : context.note(text)) });
  for (const register of COMMANDS) register(program, context);
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
    await createProgram(context, json).parseAsync(args, { from: "user" });
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
