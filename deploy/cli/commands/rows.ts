import { userInfo } from "node:os";
import { type Command, InvalidArgumentError } from "commander";
import type { RowAnswer } from "../../../cloud-ingest/rows/intake.ts";
import { isRowTable, ROW_TABLE_NAMES, type RowTable } from "../../../firmware-config/contract/row.ts";
import { safeLine } from "../../../firmware-config/kit/safe-text.ts";
import { type CliContext, stopSignal } from "../context.ts";
import { example, parseIdentifier } from "../options.ts";
import { createProgress } from "../progress.ts";
import { type FileRow, readRowsFile, rowPortions } from "../rows-file.ts";
import { type CloudOption, jsonText, withOperatorOf } from "./quarantine.ts";

interface ImportOptions extends CloudOption {
  readonly table?: RowTable;
  readonly tenant?: string;
  readonly store?: string;
  readonly by?: string;
  readonly dryRun?: boolean;
}

/** What became of a row of a file. */
interface LineAnswer extends Omit<RowAnswer, "row"> {
  readonly file: string;
  readonly line: number;
}

/** Lines that a person reads; --json has all. */
const MOST_LINES = 50;
/** Longest name of who says so. */
const MOST_BY = 120;

export function registerRowsCommand(program: Command, context: CliContext): void {
  program
    .command("rows")
    .description("rows that no device sent: calendar entries, corrections, overrules, weather and prices")
    .command("import")
    .description("take rows from a .csv file or JSON lines; each version of a key once, however often it comes")
    .argument("<file>", "CSV with the columns key, version, date and the table's own, or a JSON object on each line")
    .requiredOption("--config <file>", "cloud configuration")
    .option("--table <table>", `what the rows are: ${ROW_TABLE_NAMES.join(", ")}`, parseTable)
    .option("--tenant <tenant>", "whose they are, where the rows do not say it", parseIdentifier)
    .option(
      "--store <store>",
      "of which store, where the rows do not say it; none: calendar, regressors of all stores",
      parseIdentifier,
    )
    .option("--by <name>", "who says so (the account that runs the command)", parseBy)
    .option("--dry-run", "say what would become of each row, and take none")
    .option("--json", "print JSON: the counts, and each row with its line and what became of it")
    .addHelpText(
      "after",
      example("kazoe rows import closures.csv --table calendar --tenant acme --config cloud.yaml --dry-run"),
    )
    .action(async (file: string, options: ImportOptions) => {
      const { config, json, table, tenant, store, by, dryRun = false } = options;
      const rows = await readRowsFile(file, { table, tenant, store });
      const progress = createProgress(context, "Rows");
      const signal = stopSignal();
      const answers = await withOperatorOf(config, async (operator) => {
        const found: LineAnswer[] = [];
        for (const some of rowPortions(rows)) {
          signal.throwIfAborted();
          const ask = { texts: some.map(({ text }) => text), by: by ?? userInfo().username, isDryRun: dryRun };
          found.push(...(await operator.rows.add(ask, { signal })).map((one) => ofLine(file, some, one)));
          progress.update(found.length / rows.length, `${found.length} of ${rows.length}`);
        }
        return found;
      }).finally(progress.stop);
      const counts = countsOf(answers);
      context.write(json ? jsonText({ ...counts, rows: answers }) : importText(answers, dryRun));
      if (counts.refused > 0) process.exitCode = 1;
    });
}

function ofLine(file: string, rows: readonly FileRow[], { row, ...answer }: RowAnswer): LineAnswer {
  return { file, line: rows[row - 1]?.line ?? 0, ...answer };
}

function countsOf(answers: readonly LineAnswer[]) {
  const count = (outcome: RowAnswer["outcome"]) => answers.filter((one) => one.outcome === outcome).length;
  return {
    ...{ stored: count("stored"), duplicate: count("duplicate"), refused: count("refused") },
    waiting: count("waiting"),
  };
}

function importText(answers: readonly LineAnswer[], isDryRun: boolean): string {
  const { stored, duplicate, refused, waiting } = countsOf(answers);
  const bad = answers.filter(({ outcome }) => outcome === "refused");
  const lines = bad.slice(0, MOST_LINES).map(({ file, line, key, reason = "" }) => {
    return `${file}:${line}: ${safeLine(reason, 200)}${key === "" ? "" : ` (key ${safeLine(key, 60)})`}`;
  });
  if (bad.length > MOST_LINES) lines.push(`... and ${bad.length - MOST_LINES} more; --json has all.`);
  const verb = isDryRun ? "would be " : "";
  lines.push(`${stored} ${verb}stored, ${duplicate} known already, ${refused} ${verb}refused.`);
  if (waiting > 0) lines.push(`${waiting} are safe on disk and wait for the warehouse.`);
  if (refused > 0 && !isDryRun) lines.push("What was refused is in quarantine: kazoe quarantine list.");
  return `${lines.join("\n")}\n`;
}

function parseTable(text: string): RowTable {
  if (!isRowTable(text)) throw new InvalidArgumentError(`Write one of ${ROW_TABLE_NAMES.join(", ")}.`);
  return text;
}

function parseBy(text: string): string {
  if (text.trim() === "" || text.length > MOST_BY) throw new InvalidArgumentError(`Write 1 to ${MOST_BY} characters.`);
  return text;
}
