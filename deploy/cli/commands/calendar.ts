import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import type { Command } from "commander";
import { addDays, datesOf } from "../../../cloud-ingest/calendar.ts";
import type { CloudConfig } from "../../../cloud-ingest/config.ts";
import { loadCloudConfig } from "../../../cloud-ingest/load-cloud.ts";
import type { DaysAsk } from "../../../cloud-ingest/operator/rows-desk.ts";
import { hoursText } from "../../../cloud-ingest/registry/opening-hours.ts";
import type { Decision, StoreDay } from "../../../cloud-ingest/registry/store-day.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { AppError, messageOf } from "../../../firmware-config/kit/errors.ts";
import { safeLine } from "../../../firmware-config/kit/safe-text.ts";
import type { CliContext } from "../context.ts";
import { example, parseCount, parseDate, warn } from "../options.ts";
import { storeOf } from "../store-of.ts";
import { table } from "../tables.ts";
import { jsonText } from "./quarantine.ts";

interface ShowOptions {
  readonly config: string;
  readonly door?: string;
  readonly days: number;
  readonly json?: boolean;
}

const MAX_DAYS = 400;
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

export function registerCalendarCommand(program: Command, context: CliContext): void {
  program
    .command("calendar")
    .description("opening hours, holidays, events and shocks of a store")
    .command("show")
    .description("what holds on a date, which entry of the registry or which row decided, and where it stands")
    .argument("<store>", "its name, or tenant/store")
    .argument("<date>", "business date, YYYY-MM-DD", parseDate)
    .requiredOption("--config <file>", "cloud configuration; its key registry names the registry")
    .option("--door <door>", "of this door or area")
    .option("--days <count>", "so many dates from there on", parseCount(MAX_DAYS), 1)
    .option("--json", "print JSON")
    .addHelpText("after", example("kazoe calendar show acme/ginza 2026-12-31 --config cloud.yaml --days 7"))
    .action(async (name: string, date: string, { config: file, door, days, json }: ShowOptions) => {
      const config = await loadCloudConfig(file);
      const place = { ...storeOf(name, config.stores), ...(door !== undefined && { door }) };
      const shown = await daysOf({ ...place, date, days }, config, context);
      context.write(json ? jsonText(shown) : shown.length === 1 ? dayText(shown) : daysText(shown));
    });
}

/** By files and rows; by files alone where nobody can have sent rows yet, or they cannot be asked for, and that is said. */
async function daysOf(ask: DaysAsk, config: CloudConfig, context: CliContext): Promise<readonly StoreDay[]> {
  const { date, days, ...place } = ask;
  const isNew = config.warehouse.type === "duckdb" && !existsSync(join(config.dataDir, "warehouse"));
  try {
    const { withOperator } = await import("../../../cloud-ingest/operator/open-operator.ts");
    if (!isNew) return await withOperator({ config, clock: systemClock }, (operator) => operator.rows.days(ask));
  } catch (error) {
    if (error instanceof AppError && error.code === "USAGE") throw error;
    warn([`entries of rows are left out: ${messageOf(error)}`], context);
  }
  const { openRegistry } = await import("../../../cloud-ingest/registry/open-registry.ts");
  const registry = await openRegistry(config);
  return datesOf({ from: date, to: addDays(date, days - 1) }).map((one) => registry.day(place, one));
}

function dayText([day]: readonly StoreDay[]): string {
  if (!day) return "";
  const { date, hours, decisions } = day;
  const open = hours === undefined ? "nobody says when it is open" : hoursText(hours);
  const head = `${date} ${weekdayOf(date)}: ${open}\n`;
  if (decisions.length === 0) return `${head}The registry says nothing of this date.\n`;
  const rows = decisions.map((one) => [one.what, safeLine(one.says, 200), safeLine(one.by, 200), whereOf(one)]);
  return `${head}${table(["what", "says", "by", "stands in"], rows)}\n`;
}

function daysText(days: readonly StoreDay[]): string {
  const rows = days.map(({ date, hours, holiday, events, shocks, moves, closed }) => {
    const notes = [closed, ...events, ...shocks, ...moves].filter((note) => note !== undefined).join("; ");
    const open = hours === undefined ? "-" : hoursText(hours);
    return [date, weekdayOf(date), open, safeLine(holiday ?? "", 100), safeLine(notes, 300)];
  });
  return `${table(["date", "", "open", "holiday", "notes"], rows)}\n`;
}

function whereOf({ at, row }: Decision): string {
  if (row) return safeLine(`row ${row.key}, version ${row.version}, by ${row.by} at ${row.at}`, 200);
  return at ? `${relative(process.cwd(), at.file)}:${at.line}` : "";
}

const weekdayOf = (date: string) => WEEKDAYS[new Date(date).getUTCDay()] ?? "";
