import { userInfo } from "node:os";
import { type Command, InvalidArgumentError } from "commander";
import { addDays, dateOfMs } from "../../../cloud-ingest/calendar.ts";
import type { QualityReport, QualityWord } from "../../../cloud-ingest/operator/quality-desk.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { safeLine } from "../../../firmware-config/kit/safe-text.ts";
import type { CliContext } from "../context.ts";
import { example, parseDate, parseIdentifier } from "../options.ts";
import { table } from "../tables.ts";
import { type CloudOption, jsonText, withOperatorOf } from "./quarantine.ts";

interface RangeOptions extends CloudOption {
  readonly from?: string;
  readonly to?: string;
}

interface WordOptions extends RangeOptions {
  readonly device: string;
  readonly note: string;
  readonly by?: string;
}

const DEFAULT_DAYS = 28;

const WORDS = {
  overrule: "say that flagged counts stand: the rule is wrong",
  confirm: "say that counts are not to be believed, whatever the rules say",
} as const;

/** Adds `quality flags`, `quality overrule` and `quality confirm`. */
export function registerQualityWords(quality: Command, context: CliContext): void {
  ranged(quality.command("flags"))
    .description("what the rules flagged in a store, and what people said of it")
    .argument("<store>", "tenant/store", parseStore)
    .addHelpText(
      "after",
      example("kazoe quality flags acme/ginza --config cloud.yaml --from 2026-11-01 --to 2026-11-26"),
    )
    .action(async (place: Place, { config, json, ...options }: RangeOptions) => {
      const report = await withOperatorOf(config, (operator) => operator.quality.report(place, rangeOf(options)));
      context.write(json ? jsonText(report) : reportText(report));
    });
  for (const verdict of ["overrule", "confirm"] as const) registerWord(quality, context, verdict);
}

function registerWord(quality: Command, context: CliContext, verdict: QualityWord["verdict"]): void {
  ranged(quality.command(verdict))
    .description(`${WORDS[verdict]}; kept for ever, with name and time`)
    .argument("<store>", "tenant/store", parseStore)
    .requiredOption("--device <device>", "whose counts", parseIdentifier)
    .requiredOption("--note <text>", "why", parseNote)
    .option("--by <name>", "who says so (the account that runs the command)", parseNote)
    .addHelpText(
      "after",
      example(
        `kazoe quality ${verdict} acme/ginza --config cloud.yaml --device cam-01 --from 2026-11-20 --to 2026-11-21 --note "street parade"`,
      ),
    )
    .action(async (place: Place, { config, json, device, note, by, from, to }: WordOptions) => {
      if (from === undefined) throw noDates();
      const word = { ...place, device, verdict, note, by: by ?? userInfo().username, from, to: to ?? from };
      if (word.from > word.to) throw noDates();
      await withOperatorOf(config, (operator) => operator.quality.say(word));
      context.write(json ? jsonText(word) : "Noted; the next run of the job quality goes by it.\n");
    });
}

interface Place {
  readonly tenant: string;
  readonly store: string;
}

function ranged(command: Command): Command {
  return command
    .requiredOption("--config <file>", "cloud configuration")
    .option("--from <date>", "the first business date", parseDate)
    .option("--to <date>", "the last business date", parseDate)
    .option("--json", "print JSON");
}

function rangeOf({ from, to }: Pick<RangeOptions, "from" | "to">) {
  const last = to ?? dateOfMs(Date.now() + 86_400_000);
  return { from: from ?? addDays(last, -DEFAULT_DAYS), to: last };
}

function reportText({ flags, words }: QualityReport): string {
  const found = flags.map((flag) => [
    ...[flag.kind, flag.rule, `${flag.deviceId}/${flag.cameraId}/${flag.targetId} ${flag.measure}`].map(textOf),
    ...[flag.localFrom, flag.localTo].map(textOf),
    Number(flag.confidence ?? 0).toFixed(2),
  ]);
  const said = words.map((word) => [
    ...[word.verdict, word.deviceId, word.localFrom, word.localTo, word.saidBy, word.note].map(textOf),
  ]);
  const parts = [
    found.length > 0 ? table(["kind", "rule", "number", "from", "to", "confidence"], found) : "No flag.",
    ...(said.length > 0 ? [table(["word", "device", "from", "to", "by", "note"], said)] : []),
  ];
  return `${parts.join("\n")}\n`;
}

const textOf = (value: unknown) => safeLine(String(value ?? ""), 200);

function parseStore(text: string): Place {
  const [tenant = "", store = "", ...rest] = text.split("/");
  if (tenant === "" || store === "" || rest.length > 0)
    throw new InvalidArgumentError('Write tenant/store, for example "acme/ginza".');
  return { tenant: parseIdentifier(tenant), store: parseIdentifier(store) };
}

function parseNote(text: string): string {
  if (text === "" || text.length > 400) throw new InvalidArgumentError("Write 1 to 400 characters.");
  return text;
}

function noDates(): AppError {
  return new AppError("Which dates are meant is not said", {
    code: "USAGE",
    hint: "Give --from, and --to when it is more than one date; --from is not after --to.",
  });
}
