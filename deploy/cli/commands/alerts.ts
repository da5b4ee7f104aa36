import { userInfo } from "node:os";
import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import type { RuleQuality } from "../../../cloud-ingest/alerts/engine/alert-quality.ts";
import type { ReplayedAlert } from "../../../cloud-ingest/alerts/engine/replay.ts";
import type { ReplayDiff } from "../../../cloud-ingest/alerts/engine/replay-diff.ts";
import { subjectText } from "../../../cloud-ingest/alerts/engine/subject.ts";
import type { WordKind } from "../../../cloud-ingest/alerts/engine/words.ts";
import { bodyText, headline } from "../../../cloud-ingest/alerts/sinks/alert-text.ts";
import type { Language } from "../../../cloud-ingest/alerts/sinks/sink.ts";
import type {
  AlertList,
  AlertSaying,
  AlertStory,
  ListedAlert,
  Said,
} from "../../../cloud-ingest/operator/alerts-desk.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { safeLine } from "../../../firmware-config/kit/safe-text.ts";
import { type CliContext, stopSignal } from "../context.ts";
import { example, parseCount, parseDate, parseIdentifier, parsePath, parseRunId } from "../options.ts";
import { createProgress, share } from "../progress.ts";
import { table } from "../tables.ts";
import { type CloudOption, jsonText, withOperatorOf } from "./quarantine.ts";

interface ListOptions extends CloudOption {
  readonly tenant?: string;
  readonly store?: string;
  readonly days?: number;
}

interface ShowOptions extends CloudOption {
  readonly language: Language;
}

interface SayOptions extends CloudOption {
  readonly by?: string;
  readonly note: string;
  readonly until?: string;
  readonly hours?: number;
  readonly end?: boolean;
  readonly false?: boolean;
}

interface ReplayOptions extends CloudOption {
  readonly rules: string;
  readonly from: string;
  readonly to: string;
}

const SHORT_ID = 8;
const MOST_DAYS = 400;
const MOST_HOURS = 8_760;
const HOUR_MS = 3_600_000;

export function registerAlertsCommand(program: Command, context: CliContext): void {
  const alerts = program
    .command("alerts")
    .description("what is wrong with devices: look, act on it, silence it, and try rules on the past");
  registerList(alerts, context);
  registerShow(alerts, context);
  registerAck(alerts, context);
  registerSilence(alerts, context);
  registerClosed(alerts, context);
  registerReplay(alerts, context);
  registerQuality(alerts, context);
}

function registerList(alerts: Command, context: CliContext): void {
  withConfig(alerts.command("list"))
    .description("open alerts, the longest first; exit code 1 when there is one that nobody acts on")
    .option("--tenant <tenant>", "of this tenant alone", parseIdentifier)
    .option("--store <store>", "of stores of this name alone", parseIdentifier)
    .option("--days <count>", "those too that ended in the last days", parseCount(MOST_DAYS))
    .addHelpText("after", example("kazoe alerts list --config cloud.yaml --days 7"))
    .action(async ({ config, json, days = 0, tenant, store }: ListOptions) => {
      const filter = { ...(tenant !== undefined && { tenant }), ...(store !== undefined && { store }) };
      const list = await withOperatorOf(config, (operator) => operator.alerts.list(filter, days));
      context.write(json ? jsonText(list) : listText(list));
      if (list.open.some(({ ackedBy, muted }) => ackedBy === undefined && muted === undefined)) process.exitCode = 1;
    });
}

function registerShow(alerts: Command, context: CliContext): void {
  withConfig(alerts.command("show"))
    .description("one alert: what it costs, why, what to do, who was told")
    .argument("<id>", "its id, or the beginning of it", parseRunId)
    .option("--language <language>", "en or ja", parseLanguage, "en")
    .addHelpText("after", example("kazoe alerts show 0b7c1f2e --config cloud.yaml --language ja"))
    .action(async (id: string, { config, json, language }: ShowOptions) => {
      const story = await withOperatorOf(config, (operator) => operator.alerts.show(id));
      if (!story) throw noSuchAlert(id);
      context.write(json ? jsonText(story) : storyText(story, language));
    });
}

function registerAck(alerts: Command, context: CliContext): void {
  withWords(alerts.command("ack"))
    .description(
      "say that somebody acts on an alert, or that it was none: what is new about it is told no more, but that it is worse",
    )
    .argument("<id>", "its id, or the beginning of it", parseRunId)
    .option("--false", "it was a false alarm")
    .addHelpText("after", example('kazoe alerts ack 0b7c1f2e --config cloud.yaml --note "Sato drives there"'))
    .action((alertId: string, options: SayOptions) =>
      say({ word: options.false ? "false" : "ack", alertId }, options, context),
    );
}

function registerSilence(alerts: Command, context: CliContext): void {
  withWords(alerts.command("silence"))
    .description("tell nobody of an alert or of a subject for some hours; it is judged on, and its end is told")
    .argument("<what>", "id of an alert, or tenant, tenant/store, tenant/store/device")
    .option("--hours <count>", "for so long (4)", parseCount(MOST_HOURS))
    .option("--end", "tell again from now on")
    .addHelpText("after", example('kazoe alerts silence acme/ginza --config cloud.yaml --hours 48 --note "renovation"'))
    .action((what: string, options: SayOptions) => {
      const until =
        options.hours === undefined ? {} : { until: new Date(Date.now() + options.hours * HOUR_MS).toISOString() };
      return say({ word: options.end ? "unsilence" : "silence", ...meant(what), ...until }, options, context);
    });
}

function registerClosed(alerts: Command, context: CliContext): void {
  withWords(alerts.command("closed"))
    .description(
      "say that the shop of an alert is closed: nothing there is a fault until then, and the calendar has it",
    )
    .argument("<id>", "its id, or the beginning of it", parseRunId)
    .option("--until <time>", "RFC 3339, the first moment in which it is open again (tomorrow, 00:00 there)")
    .addHelpText("after", example('kazoe alerts closed 0b7c1f2e --config cloud.yaml --note "typhoon"'))
    .action((alertId: string, options: SayOptions) =>
      say({ word: "closed", alertId, ...(options.until !== undefined && { until: options.until }) }, options, context),
    );
}

function registerReplay(alerts: Command, context: CliContext): void {
  withConfig(alerts.command("replay"))
    .description("what other rules would have told in the past, beside the present ones; changes nothing")
    .requiredOption(
      "--rules <path>",
      "a rule's file or a folder of them, in the place of the present ones of the same name",
      parsePath,
    )
    .requiredOption("--from <date>", "the first UTC date", parseDate)
    .requiredOption("--to <date>", "the last UTC date", parseDate)
    .addHelpText(
      "after",
      example("kazoe alerts replay --config cloud.yaml --rules disk-full.yaml --from 2026-11-01 --to 2026-11-07"),
    )
    .action(async ({ config, json, rules, from, to }: ReplayOptions) => {
      const progress = createProgress(context, "replay");
      const onProgress = ({ done, total }: { done: number; total: number }) =>
        progress.update(share(done, total), `${done} of ${total} %`);
      const attention = { signal: stopSignal(), onProgress };
      const diff = await withOperatorOf(config, (operator) =>
        operator.alerts.replay({ rules: resolve(rules), from, to }, attention),
      ).finally(progress.stop);
      context.write(json ? jsonText(diff) : diffText(diff));
    });
}

function registerQuality(alerts: Command, context: CliContext): void {
  withConfig(alerts.command("quality"))
    .description("how good each rule's alerts were: told, acted on, right of those judged, hours to detect")
    .option("--days <count>", "of so many days", parseCount(MOST_DAYS), 90)
    .addHelpText("after", example("kazoe alerts quality --config cloud.yaml --days 90"))
    .action(async ({ config, json, days = 90 }: ListOptions) => {
      const rules = await withOperatorOf(config, (operator) => operator.alerts.quality(days));
      context.write(json ? jsonText(rules) : qualityText(rules));
    });
}

const withConfig = (command: Command) =>
  command.requiredOption("--config <file>", "cloud configuration").option("--json", "print JSON");

const withWords = (command: Command) =>
  withConfig(command)
    .requiredOption("--note <text>", "why", parseNote)
    .option("--by <name>", "who says so (the account that runs the command)", parseNote);

async function say(
  saying: Omit<AlertSaying, "by" | "note">,
  { config, json, note, by = userInfo().username }: SayOptions,
  context: CliContext,
): Promise<void> {
  const said = await withOperatorOf(config, (operator) => operator.alerts.say({ ...saying, note, by }));
  context.write(json ? jsonText(said) : saidText(saying.word, said));
}

/** An id has no slash and is hexadecimal; a tenant of such a name is written with a slash at its end. */
function meant(what: string): Pick<AlertSaying, "alertId" | "subject"> {
  const [tenant = "", store = "", device = "", ...rest] = what.split("/");
  if (!what.includes("/") && /^[0-9a-f-]{4,36}$/.test(what)) return { alertId: what };
  if (rest.length > 0) throw new InvalidArgumentError('Write tenant/store/device, for example "acme/ginza/door-1".');
  const subject = {
    tenant: parseIdentifier(tenant),
    store: store && parseIdentifier(store),
    device: device && parseIdentifier(device),
  };
  return { subject };
}

function parseNote(text: string): string {
  if (text === "" || text.length > 400) throw new InvalidArgumentError("Write 1 to 400 characters.");
  return text;
}

function parseLanguage(text: string): Language {
  if (text !== "en" && text !== "ja") throw new InvalidArgumentError("Write en or ja.");
  return text;
}

function listText({ open, ended, more }: AlertList): string {
  const head = ["id", "what", "severity", "since", "state", "told", "acts"];
  const rows = (alerts: readonly ListedAlert[]) => alerts.map(rowOf);
  const parts = [open.length === 0 ? "No open alert." : table(head, rows(open))];
  if (more.open > 0) parts.push(`And ${more.open} more; --tenant and --store narrow the list.`);
  if (ended.length > 0) parts.push("Ended:", table(head, rows(ended)));
  if (more.ended > 0) parts.push(`And ${more.ended} more before these.`);
  return `${parts.join("\n")}\n`;
}

function rowOf(alert: ListedAlert): string[] {
  const { alertId, subject, severity, since, state, reasons, muted, toldAt, ackedBy } = alert;
  const what = `${subjectText(subject)}: ${reasons.map(({ rule }) => rule).join(", ")}`;
  const told = muted === undefined ? (toldAt ?? "not yet") : `no: ${muted}`;
  return [
    alertId.slice(0, SHORT_ID),
    safeLine(what, 120),
    severity,
    since,
    alert.ended ?? state,
    safeLine(told, 60),
    safeLine(ackedBy ?? "", 40),
  ];
}

function storyText({ alert, transitions, deliveries, words }: AlertStory, language: Language): string {
  const kind = alert.ended === undefined ? "firing" : "resolved";
  const moves = transitions.map((row) =>
    [row.at, row.rule || "alert", `${row.was} -> ${row.state}`, row.notify].map((cell) =>
      safeLine(String(cell ?? ""), 80),
    ),
  );
  const told = deliveries.map((row) =>
    [row.at, row.sink, row.outcome, row.details].map((cell) => safeLine(String(cell ?? ""), 80)),
  );
  const said = words.map((row) =>
    [row.saidAt, row.word, row.saidBy, row.note].map((cell) => safeLine(String(cell ?? ""), 200)),
  );
  const parts = [
    headline({ kind, alert }, language),
    "",
    bodyText({ kind, alert }, language),
    "",
    table(["at", "rule", "from -> to", "told"], moves),
    ...(told.length > 0 ? [table(["at", "sink", "outcome", "why"], told)] : []),
    ...(said.length > 0 ? [table(["at", "word", "by", "note"], said)] : []),
  ];
  return `${parts.join("\n")}\n`;
}

function saidText(word: WordKind, { subject, until, closedDates }: Said): string {
  const end = until === null ? "" : ` until ${until}`;
  const line = `${word}: ${subjectText(subject)}${end}; the next look goes by it.\n`;
  if (closedDates === undefined) return line;
  const dates = [closedDates[0], closedDates.at(-1)].filter((date, at, all) => all.indexOf(date) === at).join("..");
  return `${line}The calendar has ${dates} as closed: the alert ends, and reports and forecasts go by it.\n`;
}

function diffText({ added, removed, kept, falseBefore, falseAfter }: ReplayDiff): string {
  const lines = [
    ...added.map((alert) => `+ ${alertLine(alert)}`),
    ...removed.map((alert) => `- ${alertLine(alert)}`),
    ...kept
      .filter(({ earlierMs }) => earlierMs !== 0)
      .map(
        ({ after, earlierMs }) =>
          `~ ${alertLine(after)} (${minutes(Math.abs(earlierMs))} min ${earlierMs > 0 ? "earlier" : "later"})`,
      ),
  ];
  const [before, after] = [kept.length + removed.length, kept.length + added.length];
  lines.push(
    `${after} alerts with the new rules, ${before} with the present ones: ${added.length} more, ${removed.length} fewer, ${kept.length} in both.`,
    `Called false by people, or their shop closed: ${falseAfter} with the new rules, ${falseBefore} with the present ones.`,
  );
  return `${lines.join("\n")}\n`;
}

const minutes = (ms: number) => Math.round(ms / 60_000);

function alertLine({ subject, rules, severity, toldMs, endedMs }: ReplayedAlert): string {
  const end = endedMs === undefined ? "open" : new Date(endedMs).toISOString();
  return safeLine(
    `${new Date(toldMs).toISOString()} ${subjectText(subject)} ${severity}: ${rules.join(", ")}, ended ${end}`,
    300,
  );
}

function qualityText(rules: readonly RuleQuality[]): string {
  if (rules.length === 0) return "Nothing has been told.\n";
  const percent = (value: number | null) => (value === null ? "-" : `${Math.round(100 * value)} %`);
  const rows = rules.map(({ rule, alerts, actedOn, precision, hoursToDetect }) => [
    ...[rule, alerts, percent(actedOn / alerts), percent(precision)],
    hoursToDetect === null ? "-" : hoursToDetect.toFixed(1),
  ]);
  return `${table(["rule", "alerts", "acted on", "right", "hours to detect"], rows)}\n`;
}

function noSuchAlert(id: string): AppError {
  return new AppError(`No alert has an id that begins with ${safeLine(id)}`, {
    code: "USAGE",
    hint: "kazoe alerts list --json has the whole ids.",
  });
}
