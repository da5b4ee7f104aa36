import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { type DateRange, LAST_DATE } from "../../../cloud-ingest/calendar.ts";
import type { CloudConfig } from "../../../cloud-ingest/config.ts";
import { loadCloudConfig } from "../../../cloud-ingest/load-cloud.ts";
import type { DateDifference } from "../../../cloud-ingest/warehouse/transfer/compare.ts";
import type { CopyReport, CopyWishes } from "../../../cloud-ingest/warehouse/transfer/copy-warehouse.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { type CliContext, stopSignal } from "../context.ts";
import { example, parseDate } from "../options.ts";
import { keepFilesPrivate } from "../private-files.ts";
import { createProgress, type Progress } from "../progress.ts";
import { table } from "../tables.ts";
import { jsonText } from "./quarantine.ts";

interface CopyOptions {
  readonly from: string;
  readonly to: string;
  readonly fromDate?: string;
  readonly toDate?: string;
  readonly json?: boolean;
}

const SAY_AGAIN_MS = 1_000;
/** Before all: a device's clock may have said any year. */
const FIRST = "0001-01-01";
/** Differences that are printed; JSON has all. */
const SHOWN = 50;

const HELP = `
What moves: counts, events, health and quarantine by UTC date, and the small tables: devices, job runs, replays, and
the ledger with the positions in the bus. Hours and days are not moved: the target's roll-up makes them of the counts.
What both have is there once. Hours whose counts have expired (keepDays) stay behind.

A copy that was stopped by Ctrl-C or killed goes on when it is run again; Ctrl-C waits for the portion under way.
Stop \`kazoe cloud\` on both ends first. An embedded warehouse that is in use is refused (STORE_LOCKED). BigQuery may be in
use; what comes in meanwhile may be told as a difference, and a second run brings it.

At the end both ends are compared by date. Exit code 1 when the target lacks anything, or the source cannot be read whole.
TMPDIR names the folder for temporary files, some hundred megabytes at the most.
`;

export function registerCopy(warehouse: Command, context: CliContext): void {
  warehouse
    .command("copy")
    .description("bring what one warehouse holds into another, of the same kind or not, and compare them")
    .requiredOption("--from <file>", "cloud configuration of the warehouse to read")
    .requiredOption("--to <file>", "cloud configuration of the warehouse to write")
    .option("--from-date <date>", "rows of this UTC date and later", parseDate)
    .option("--to-date <date>", "rows of this UTC date and earlier", parseDate)
    .option("--json", "print JSON")
    .addHelpText("after", `${HELP}${example("kazoe warehouse copy --from cloud.yaml --to bigquery.yaml")}`)
    .action(async ({ from, to, json, ...dates }: CopyOptions) => {
      const range = rangeOf(dates);
      const signal = stopSignal();
      const ends = { from: await loadCloudConfig(from), to: await loadCloudConfig(to) };
      keepFilesPrivate();
      const progress = createLivelyProgress(context);
      const report = await copied(ends, { range, signal, onProgress: progress.update }).finally(progress.stop);
      context.write(json ? jsonText(report) : reportText(report));
      if (isLacking(report)) process.exitCode = 1;
    });
}

/** A portion takes up to minutes: what is under way is said again where nobody sees a bar. */
function createLivelyProgress(context: CliContext): Progress {
  const progress = createProgress(context, "Copy");
  let last: Parameters<Progress["update"]> = [undefined, "opening"];
  const timer = setInterval(() => progress.update(...last), SAY_AGAIN_MS);
  return {
    update: (...now) => {
      last = now;
      progress.update(...now);
    },
    stop: () => {
      clearInterval(timer);
      progress.stop();
    },
  };
}

function rangeOf({ fromDate = FIRST, toDate = LAST_DATE }: Pick<CopyOptions, "fromDate" | "toDate">): DateRange {
  if (fromDate <= toDate) return { from: fromDate, to: toDate };
  throw new AppError(`The range begins on ${fromDate}, after its end on ${toDate}`, {
    code: "USAGE",
    hint: "Put the earlier date first.",
  });
}

interface Ends {
  readonly from: CloudConfig;
  readonly to: CloudConfig;
}

async function copied({ from, to }: Ends, wishes: CopyWishes): Promise<CopyReport> {
  const { checkEnds, openTransfer } = await import("../../../cloud-ingest/warehouse/transfer/open-transfer.ts");
  const { copyWarehouse } = await import("../../../cloud-ingest/warehouse/transfer/copy-warehouse.ts");
  await checkEnds(from, to);
  const dir = await mkdtemp(join(tmpdir(), "kazoe-copy-"));
  try {
    const source = await openTransfer(from, { dir });
    try {
      const target = await openTransfer(to, { dir });
      return await copyWarehouse({ source, target, dir }, wishes).finally(() => target.close());
    } finally {
      await source.close();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const isLacking = ({ differences, missingBooks }: CopyReport) =>
  differences.length > 0 || Object.values(missingBooks).some((entries) => entries > 0);

function reportText({ tables, books, differences, missingBooks }: CopyReport): string {
  const rows = tables.map((one) => [one.table, one.movedDates, one.movedRows, one.source, one.target]);
  const entries = Object.entries(books).filter(([name]) => !tables.some((one) => one.table === name));
  const kept = entries.map(([name, put]) => [name, put, missingBooks[name] ?? 0]);
  return [
    table(["table", "dates moved", "rows moved", "rows of the source", "rows of the target"], rows),
    table(["table", "entries moved", "entries missing"], kept),
    differences.length === 0 ? "The target has all that the source has." : differencesText(differences),
    "",
  ].join("\n");
}

function differencesText(differences: readonly DateDifference[]): string {
  const rows = differences.slice(0, SHOWN).map((one) => {
    const note = one.isWhole ? "" : "a damaged file hides rows of the source";
    return [one.table, one.date, one.source, one.target, one.missing, note];
  });
  const more = differences.length > SHOWN ? `\n${differences.length - SHOWN} more; --json shows all.` : "";
  return `The target lacks rows:\n${table(["table", "date", "source", "target", "missing", ""], rows)}${more}`;
}
