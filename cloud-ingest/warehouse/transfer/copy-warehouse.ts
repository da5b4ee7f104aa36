import { join } from "node:path";
import { type DateRange, isDate } from "../../calendar.ts";
import { removeFile } from "../duckdb/cold-files.ts";
import { bookSizes, newerBooks } from "./books.ts";
import { type BothSums, type CompareParts, type DateDifference, differencesOf, unlike } from "./compare.ts";
import { ParquetDesk } from "./parquet-desk.ts";
import { type DateSum, MOVED_TABLES, type MovedTable, type Portion, type TransferEnd } from "./port.ts";
import { portionsOf, rowsOf } from "./portions.ts";

export interface CopyParts {
  readonly source: TransferEnd;
  readonly target: TransferEnd;
  /** For files that are gone when it returns. */
  readonly dir: string;
}

export interface CopyWishes {
  readonly range: DateRange;
  readonly signal: AbortSignal;
  /** `fraction` 0..1 of the rows to move, undefined while they are counted. */
  readonly onProgress: (fraction: number | undefined, text: string) => void;
}

/** What became of one table. */
export interface TableReport {
  readonly table: MovedTable;
  /** Dates that were moved; those that were there already are not. */
  readonly movedDates: number;
  readonly movedRows: number;
  /** Rows of the range, each once. */
  readonly source: number;
  readonly target: number;
}

export interface CopyReport {
  readonly tables: readonly TableReport[];
  /** Entries of the small tables that were put in. */
  readonly books: Readonly<Record<string, number>>;
  /** What the target lacks after all. */
  readonly differences: readonly DateDifference[];
  /** Entries of the small tables that it lacks. */
  readonly missingBooks: Readonly<Record<string, number>>;
}

/** A table's sums before the copy, and what of it is to be moved. */
interface TablePlan {
  readonly table: MovedTable;
  readonly source: readonly DateSum[];
  readonly portions: readonly Portion[];
}

/**
 * Moves what the target lacks, table after table, oldest dates first, and compares. What the target has already is the record of how
 * far it came: a copy that was stopped anywhere goes on when it is made again. The positions in the bus come last, so that a target
 * that is half full says of no message that it has it.
 */
export async function copyWarehouse(parts: CopyParts, wishes: CopyWishes): Promise<CopyReport> {
  const desk = await ParquetDesk.open(parts.dir);
  try {
    const plans = await plansOf({ ...parts, desk }, wishes);
    await move(parts, plans, wishes);
    const source = await parts.source.books();
    const news = newerBooks(source, await parts.target.books());
    await parts.target.putBooks(news);
    const { tables, differences } = await compared({ ...parts, desk }, plans, wishes);
    const missingBooks = bookSizes(newerBooks(source, await parts.target.books()));
    return { tables, differences, books: bookSizes(news), missingBooks };
  } finally {
    desk.close();
  }
}

async function plansOf(parts: CompareParts, wishes: CopyWishes): Promise<readonly TablePlan[]> {
  const { range, signal, onProgress } = wishes;
  const plans: TablePlan[] = [];
  for (const table of MOVED_TABLES) {
    signal.throwIfAborted();
    onProgress(undefined, `counting ${table}`);
    const source = await parts.source.sums(table, range);
    const target = await parts.target.sums(table, range);
    plans.push({ table, source, portions: portionsOf(table, await dueOf(parts, table, { source, target })) });
  }
  return plans;
}

/** The dates to move. Of one that has rows at the target already it is looked at whether any are missing: it may just have more. */
async function dueOf(
  parts: CompareParts,
  table: MovedTable,
  { source, target }: BothSums,
): Promise<readonly DateSum[]> {
  const due = unlike(source, target);
  if (table === "quarantine_replay") return due;
  const begun = new Set(target.map(({ date }) => date));
  const beside = due.filter(({ date }) => begun.has(date));
  const differences = await differencesOf(parts, table, { source: beside, target });
  const lacking = new Set(differences.filter(({ missing }) => missing > 0).map(({ date }) => date));
  return due.filter(({ date }) => isDate(date) && (!begun.has(date) || lacking.has(date)));
}

async function move(
  { source, target, dir }: CopyParts,
  plans: readonly TablePlan[],
  { signal, onProgress }: CopyWishes,
): Promise<void> {
  const portions = plans.flatMap((plan) => plan.portions);
  const total = rowsOf(portions.flatMap(({ sums }) => sums));
  const file = join(dir, "portion.parquet");
  let done = 0;
  for (const { table, sums } of portions) {
    signal.throwIfAborted();
    const rows = rowsOf(sums);
    const text = `${table} ${sums[0]?.date ?? ""}`.trim();
    onProgress(done / total, `reading ${text} (${done} of ${total} rows)`);
    try {
      await source.read({ table, sums }, file);
      onProgress((done + rows / 2) / total, `writing ${text} (${done} of ${total} rows)`);
      await target.write({ table, sums }, file);
    } finally {
      await removeFile(file);
    }
    done += rows;
  }
}

async function compared(
  parts: CompareParts,
  plans: readonly TablePlan[],
  { range, signal, onProgress }: CopyWishes,
): Promise<Pick<CopyReport, "tables" | "differences">> {
  const tables: TableReport[] = [];
  const differences: DateDifference[] = [];
  for (const { table, source, portions } of plans) {
    signal.throwIfAborted();
    onProgress(1, `comparing ${table}`);
    const target = await parts.target.sums(table, range);
    differences.push(...(await differencesOf(parts, table, { source, target })));
    const moved = portions.flatMap(({ sums }) => sums);
    tables.push({
      ...{ table, movedDates: moved.length, movedRows: rowsOf(moved) },
      ...{ source: rowsOf(source), target: rowsOf(target) },
    });
  }
  return { tables, differences };
}
