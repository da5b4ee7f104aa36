import type { Command } from "commander";
import { loadCloudConfig } from "../../../cloud-ingest/load-cloud.ts";
import type { Operator, ShownMessage } from "../../../cloud-ingest/operator/operator.ts";
import {
  MAX_GROUPS,
  type QuarantineFilter,
  type QuarantineGroup,
} from "../../../cloud-ingest/warehouse/quarantine-port.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { safeLine } from "../../../firmware-config/kit/safe-text.ts";
import { type CliContext, stopSignal } from "../context.ts";
import { example, parseCount, parseDate, parseIdentifier } from "../options.ts";
import { payloadText } from "../payload-text.ts";
import { createProgress, share } from "../progress.ts";
import { table } from "../tables.ts";

export interface CloudOption {
  readonly config: string;
  readonly json?: boolean;
}

interface FilterOptions extends CloudOption {
  readonly tenant?: string;
  readonly store?: string;
  readonly reason?: string;
  readonly from?: string;
  readonly to?: string;
}

interface ListOptions extends FilterOptions {
  readonly limit: number;
}

interface ReplayOptions extends FilterOptions {
  readonly all?: boolean;
}

const DEFAULT_LIMIT = 50;

/** Runs `use` beside the running cloud half, or on its folders when none runs. */
export async function withOperatorOf<T>(file: string, use: (operator: Operator) => Promise<T>): Promise<T> {
  const config = await loadCloudConfig(file);
  const { withOperator } = await import("../../../cloud-ingest/operator/open-operator.ts");
  return withOperator({ config, clock: systemClock }, use);
}

export function registerQuarantineCommand(program: Command, context: CliContext): void {
  const quarantine = program
    .command("quarantine")
    .description("look at messages that were refused, and bring back what was refused wrongly");
  registerList(quarantine, context);
  registerShow(quarantine, context);
  registerReplay(quarantine, context);
}

function registerList(quarantine: Command, context: CliContext): void {
  withFilter(quarantine.command("list"))
    .description("refused messages by reason, the most frequent first")
    .option("--limit <count>", "most reasons that are shown", parseCount(MAX_GROUPS), DEFAULT_LIMIT)
    .addHelpText("after", example("kazoe quarantine list --config cloud.yaml --tenant acme --from 2026-11-01"))
    .action(async ({ config, json, limit, ...options }: ListOptions) => {
      const groups = await withOperatorOf(config, (operator) => operator.groups(filterOf(options), limit));
      context.write(json ? jsonText(groups) : listText(groups, limit));
    });
}

function registerShow(quarantine: Command, context: CliContext): void {
  quarantine
    .command("show")
    .description("one refused message with its payload")
    .argument("<message-id>", "as `kazoe quarantine list --json` or the table `quarantine` names it")
    .requiredOption("--config <file>", "cloud configuration")
    .option("--json", "print JSON, the payload in base64")
    .addHelpText("after", example("kazoe quarantine show 0b7c…:4711 --config cloud.yaml"))
    .action(async (messageId: string, { config, json }: CloudOption) => {
      const found = await withOperatorOf(config, (operator) => operator.show(messageId));
      if (!found) throw noSuchMessage(messageId);
      context.write(json ? jsonText(found) : messageText(found));
    });
}

function registerReplay(quarantine: Command, context: CliContext): void {
  withFilter(quarantine.command("replay"))
    .description(
      "judge refused messages again and store what can be used now; each once, however often it is asked for",
    )
    .argument("[message-ids...]", "single messages")
    .option("--all", "every refused message")
    .addHelpText("after", example('kazoe quarantine replay --config cloud.yaml --reason "in the future"'))
    .action(async (messageIds: readonly string[], { config, json, all, ...options }: ReplayOptions) => {
      const filter = { ...filterOf(options), ...(messageIds.length > 0 && { messageIds }) };
      if (!all && Object.keys(filter).length === 0) throw nothingChosen();
      const progress = createProgress(context, "Replay");
      const onProgress = ({ done, total }: { done: number; total: number }) =>
        progress.update(share(done, total), `${done} of ${total}`);
      const attention = { signal: stopSignal(), onProgress };
      const done = await withOperatorOf(config, async (operator) => {
        await needMessages(operator, messageIds);
        return operator.replay(filter, attention);
      }).finally(progress.stop);
      const { stored, duplicate, quarantined } = done;
      context.write(
        json ? jsonText(done) : `${stored} stored, ${duplicate} known already, ${quarantined} refused again.\n`,
      );
    });
}

function withFilter(command: Command): Command {
  return command
    .requiredOption("--config <file>", "cloud configuration")
    .option("--tenant <tenant>", "of this tenant alone", parseIdentifier)
    .option("--store <store>", "of stores of this name alone", parseIdentifier)
    .option("--reason <text>", "whose reason has this text")
    .option("--from <date>", "received on this UTC date or later", parseDate)
    .option("--to <date>", "received on this UTC date or earlier", parseDate)
    .option("--json", "print JSON");
}

function filterOf({ tenant, store, reason, from, to }: Omit<FilterOptions, keyof CloudOption>): QuarantineFilter {
  return {
    ...(tenant !== undefined && { tenant }),
    ...(store !== undefined && { store }),
    ...(reason !== undefined && { reason }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function listText(groups: readonly QuarantineGroup[], limit: number): string {
  if (groups.length === 0) return "Nothing is in quarantine.\n";
  const rows = groups.map((group) => {
    return [safeLine(group.reason), group.messages, group.pending, group.firstAt, group.lastAt];
  });
  const more = groups.length === limit ? `At most ${limit} reasons are shown; --limit shows more.\n` : "";
  return `${table(["reason", "messages", "not stored since", "first", "last"], rows)}\n${more}`;
}

function messageText({ payloadBase64, ...message }: ShownMessage): string {
  const { replay } = message;
  const outcome = replay ? `${replay.outcome} at ${replay.replayedAt} ${safeLine(replay.reason)}` : "not yet";
  const rows = [
    ["message", safeLine(message.messageId)],
    ["received", message.receivedAt],
    ["topic", safeLine(message.topic, 300)],
    ["reason", safeLine(message.reason, 300)],
    ["replayed", outcome.trim()],
  ];
  const lines = rows.map(([name = "", value]) => `${name.padEnd(9)} ${value}`);
  return `${lines.join("\n")}\n\n${payloadText(Buffer.from(payloadBase64, "base64"))}\n`;
}

/** Nothing is replayed when one of the ids is mistyped. */
async function needMessages(operator: Operator, messageIds: readonly string[]): Promise<void> {
  for (const messageId of messageIds) if (!(await operator.show(messageId))) throw noSuchMessage(messageId);
}

function noSuchMessage(messageId: string): AppError {
  return new AppError(`No message ${safeLine(messageId)} is in quarantine`, {
    code: "USAGE",
    hint: "Column message_id of the table quarantine has the names.",
  });
}

function nothingChosen(): AppError {
  return new AppError("No message is chosen", {
    code: "USAGE",
    hint: "Give message ids, a filter such as --reason, or --all.",
  });
}
