import type { Command } from "commander";
import type { JobWish } from "../../../cloud-ingest/jobs/job.ts";
import type { JobEntry, ShownRun } from "../../../cloud-ingest/operator/jobs-desk.ts";
import type { JobRun } from "../../../cloud-ingest/warehouse/port.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { safeLine } from "../../../firmware-config/kit/safe-text.ts";
import { type CliContext, stopSignal } from "../context.ts";
import { example, parseCount, parseDate, parseIdentifier, parseRunId } from "../options.ts";
import { createProgress, share } from "../progress.ts";
import { table } from "../tables.ts";
import { type CloudOption, jsonText, withOperatorOf } from "./quarantine.ts";

interface ListOptions extends CloudOption {
  readonly limit: number;
}

interface RunOptions extends CloudOption, JobWish {}

const DEFAULT_LIMIT = 3;
const MAX_LIMIT = 100;
/** Enough of a run's id for a table; `show` takes the beginning of one. */
const SHORT_ID = 8;

export function registerJobsCommand(program: Command, context: CliContext): void {
  const jobs = program.command("jobs").description("batch jobs: what there is, how it went, and runs by hand");
  registerList(jobs, context);
  registerRun(jobs, context);
  registerShow(jobs, context);
}

function registerList(jobs: Command, context: CliContext): void {
  jobs
    .command("list")
    .description("every job with its last runs; exit code 1 when the last run of one failed")
    .requiredOption("--config <file>", "cloud configuration")
    .option("--limit <count>", "runs of each job that are shown", parseCount(MAX_LIMIT), DEFAULT_LIMIT)
    .option("--json", "print JSON")
    .addHelpText("after", example("kazoe jobs list --config cloud.yaml"))
    .action(async ({ config, json, limit }: ListOptions) => {
      const entries = await withOperatorOf(config, (operator) => operator.jobs.list(limit));
      context.write(json ? jsonText(entries) : listText(entries));
      if (entries.some(({ runs }) => runs[0]?.outcome === "failed")) process.exitCode = 1;
    });
}

function registerRun(jobs: Command, context: CliContext): void {
  jobs
    .command("run")
    .description("run a job now, for what is due or for the dates and stores given; exit code 1 when it fails")
    .argument("<name>", "as `kazoe jobs list` has it")
    .requiredOption("--config <file>", "cloud configuration")
    .option("--from <date>", "the first business date", parseDate)
    .option("--to <date>", "the last business date", parseDate)
    .option("--tenant <tenant>", "of this tenant alone", parseIdentifier)
    .option("--store <store>", "of stores of this name alone", parseIdentifier)
    .option("--json", "print JSON")
    .addHelpText("after", example("kazoe jobs run roll-up --config cloud.yaml --from 2026-11-01 --to 2026-11-30"))
    .action(async (name: string, { config, json, ...options }: RunOptions) => {
      const wish = wishOf(options);
      const progress = createProgress(context, name);
      const onProgress = ({ done, total }: { done: number; total: number }) =>
        progress.update(share(done, total), `${done} of ${total} steps`);
      const attention = { signal: stopSignal(), onProgress };
      const run = await withOperatorOf(config, (operator) => operator.jobs.run(name, wish, attention)).finally(
        progress.stop,
      );
      context.write(json ? jsonText(run) : `${runsTable([run])}\n${detailsText(run)}\n`);
      if (run.outcome !== "ok") process.exitCode = 1;
    });
}

function registerShow(jobs: Command, context: CliContext): void {
  jobs
    .command("show")
    .description("one run: what was asked for, what it did, what it cost")
    .argument("<run>", "its id, or the beginning of it", parseRunId)
    .requiredOption("--config <file>", "cloud configuration")
    .option("--json", "print JSON")
    .addHelpText("after", example("kazoe jobs show 0b7c1f2e --config cloud.yaml"))
    .action(async (runId: string, { config, json }: CloudOption) => {
      const shown = await withOperatorOf(config, (operator) => operator.jobs.show(runId));
      if (!shown) throw noSuchRun(runId);
      context.write(json ? jsonText(shown) : runText(shown));
    });
}

/** Dates come in pairs: half a range would be a guess at the other half. */
function wishOf({ from, to, tenant, store }: JobWish): JobWish {
  if ((from === undefined) !== (to === undefined)) throw badDates("--from and --to belong together");
  if (from !== undefined && to !== undefined && from > to) throw badDates(`${from} is after ${to}`);
  return {
    ...(from !== undefined && to !== undefined && { from, to }),
    ...(tenant !== undefined && { tenant }),
    ...(store !== undefined && { store }),
  };
}

function badDates(what: string): AppError {
  return new AppError(what, { code: "USAGE", hint: "Give the first and the last date of what is to be done again." });
}

function noSuchRun(runId: string): AppError {
  return new AppError(`No run, or more than one, has an id that begins with ${safeLine(runId)}`, {
    code: "USAGE",
    hint: "kazoe jobs list --json has the whole ids.",
  });
}

function listText(entries: readonly JobEntry[]): string {
  const jobs = table(
    ["job", "schedule", "what"],
    entries.map(({ name, schedule, timezone, description }) => [
      name,
      `${schedule} ${zoneText(timezone)}`,
      description,
    ]),
  );
  const runs = entries.flatMap((entry) => entry.runs);
  return runs.length === 0 ? `${jobs}\nNothing has run yet.\n` : `${jobs}\n${runsTable(runs)}\n`;
}

function runsTable(runs: readonly JobRun[]): string {
  const rows = runs.map((run) => {
    return [run.runId.slice(0, SHORT_ID), run.job, run.outcome, run.startedAt, durationOf(run)];
  });
  return table(["run", "job", "outcome", "started", "took (s)"], rows);
}

function durationOf({ startedAt, finishedAt }: JobRun): string {
  return finishedAt === null ? "-" : ((Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000).toFixed(1);
}

function runText({ run, checkpoints }: ShownRun): string {
  const lines = [runsTable([run]), detailsText(run)];
  if (run.parameters !== "{}") lines.push(`asked for: ${safeLine(run.parameters)}`);
  for (const { step, finishedAt } of checkpoints) lines.push(`done: ${finishedAt} ${safeLine(step)}`);
  return `${lines.join("\n")}\n`;
}

function detailsText({ details }: JobRun): string {
  return Object.entries(JSON.parse(details) as Record<string, unknown>)
    .map(([name, value]) => `${name}: ${safeLine(typeof value === "string" ? value : JSON.stringify(value), 300)}`)
    .join("\n");
}

/** Of an answer from a version before, which knew UTC alone, too. */
const zoneText = (timezone: string | undefined) => (timezone === "stores" ? "of each store" : (timezone ?? "UTC"));
