import type { Command } from "commander";
import type { LedgerReport } from "../../../cloud-ingest/operator/operator.ts";
import { safeLine } from "../../../firmware-config/kit/safe-text.ts";
import type { CliContext } from "../context.ts";
import { example } from "../options.ts";
import { table } from "../tables.ts";
import { type CloudOption, jsonText, withOperatorOf } from "./quarantine.ts";

interface AcceptOptions extends CloudOption {
  readonly note: string;
}

/** A look takes seconds; Ctrl-C ends the process as usual. */
const NEVER = new AbortController().signal;

export function registerLedgerCommand(program: Command, context: CliContext): void {
  const ledger = program
    .command("ledger")
    .description("whether every acknowledged message is stored, a duplicate, in quarantine or waiting");
  ledger
    .command("show")
    .description("the ledger of the present bus; exit code 1 when it does not add up")
    .requiredOption("--config <file>", "cloud configuration")
    .option("--json", "print JSON")
    .addHelpText("after", example("kazoe ledger show --config cloud.yaml"))
    .action(async ({ config, json }: CloudOption) => {
      const report = await withOperatorOf(config, (operator) => operator.ledger({ signal: NEVER }));
      context.write(json ? jsonText(report) : reportText(report));
      if (report.difference !== 0) process.exitCode = 1;
    });
  ledger
    .command("accept")
    .description("note that the present difference is known, so that the next one is seen; it stays in the list")
    .requiredOption("--config <file>", "cloud configuration")
    .requiredOption("--note <text>", "what is known of it")
    .option("--json", "print JSON")
    .addHelpText("after", example('kazoe ledger accept --config cloud.yaml --note "disk lost on 26 November"'))
    .action(async ({ config, json, note }: AcceptOptions) => {
      const report = await withOperatorOf(config, (operator) => operator.accept(note, { signal: NEVER }));
      context.write(json ? jsonText(report) : reportText(report));
    });
}

function reportText(report: LedgerReport): string {
  const { acked, stored, duplicate, quarantined, waiting, difference, accepted } = report;
  const numbers = { acked, stored, duplicate, quarantined, waiting, difference };
  const sums = table(
    ["", "messages"],
    Object.entries(numbers).map(([name, count]) => [name, count]),
  );
  if (accepted.length === 0) return `${sums}\n`;
  const rows = accepted.map((one) => [one.acceptedAt, one.difference, safeLine(one.note)]);
  return `${sums}\n\n${table(["accepted", "difference", "note"], rows)}\n`;
}
