import { join } from "node:path";
import { removeFile } from "../duckdb/cold-files.ts";
import { numberOf, textOf } from "../row.ts";
import { ROW_NAMES } from "./file-columns.ts";
import type { ParquetDesk } from "./parquet-desk.ts";
import type { DateSum, MovedTable, Portion, TransferStore } from "./port.ts";
import { portionsOf } from "./portions.ts";

/** A date of which the target lacks something, or of which the source cannot give all. */
export interface DateDifference {
  readonly table: MovedTable;
  /** Empty for a table without dates. */
  readonly date: string;
  readonly source: number;
  readonly target: number;
  /** Rows of the source that the target has not. */
  readonly missing: number;
  /** False when some rows of the source cannot be read. */
  readonly isWhole: boolean;
}

/** The dates of `source` that differ from those of `target`, whichever has more. */
export function unlike(source: readonly DateSum[], target: readonly DateSum[]): readonly DateSum[] {
  const known = new Map(target.map((one) => [one.date, one]));
  return source.filter(({ date, digest, rows }) => {
    const other = known.get(date);
    return other?.rows !== rows || other.digest !== digest;
  });
}

/** What dates hold at both ends. */
export interface BothSums {
  readonly source: readonly DateSum[];
  readonly target: readonly DateSum[];
}

export interface CompareParts {
  readonly source: TransferStore;
  readonly target: TransferStore;
  readonly desk: ParquetDesk;
  /** For files that are gone when it returns. */
  readonly dir: string;
}

/**
 * What the target lacks. Where the sums of a date are equal its rows are the same; where they are not, the target may just have more,
 * so that the names of the rows of both are compared.
 */
export async function differencesOf(
  parts: CompareParts,
  table: MovedTable,
  { source, target }: BothSums,
): Promise<readonly DateDifference[]> {
  const known = new Map(target.map((one) => [one.date, one.rows]));
  const missing = new Map<string, number>();
  for (const portion of portionsOf(table, unlike(source, target))) {
    for (const [date, rows] of await missingOf(parts, portion, target)) missing.set(date, rows);
  }
  const all = source.map(({ date, rows, isWhole }) => {
    return { table, date, source: rows, target: known.get(date) ?? 0, missing: missing.get(date) ?? 0, isWhole };
  });
  return all.filter((one) => one.missing > 0 || !one.isWhole);
}

async function missingOf(
  { source, target, desk, dir }: CompareParts,
  portion: Portion,
  targetSums: readonly DateSum[],
): Promise<ReadonlyMap<string, number>> {
  const { table, sums } = portion;
  const dates = new Set(sums.map(({ date }) => date));
  const others = { table, sums: targetSums.filter(({ date }) => dates.has(date)) };
  if (others.sums.length === 0) return new Map(sums.map(({ date, rows }) => [date, rows]));
  const [one, other] = [join(dir, "source.parquet"), join(dir, "target.parquet")];
  try {
    await source.read(portion, one);
    await target.read(others, other);
    const rows = await desk.rows(missingSql(table), [one, other]);
    return new Map(rows.map((row) => [textOf(row, "date"), numberOf(row, "n")]));
  } finally {
    await Promise.all([removeFile(one), removeFile(other)]);
  }
}

function missingSql(table: MovedTable): string {
  const date = table === "quarantine_replay" ? "''" : "date";
  // A message that was stored since has another outcome there, and is no loss.
  const name = table === "quarantine_replay" ? "message_id" : ROW_NAMES[table];
  const names = (place: number) => `SELECT DISTINCT ${date} AS date, md5(${name}) AS name FROM read_parquet($${place})`;
  return `SELECT date, count(*) AS n FROM (${names(1)} EXCEPT ${names(2)}) GROUP BY date ORDER BY date`;
}
