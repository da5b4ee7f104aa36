import { addDays, daysIn, isDate } from "../../calendar.ts";
import { groupBy } from "../../group-by.ts";
import type { Regressor } from "../port.ts";
import { MOST_NAME, MOST_REGRESSORS, MOST_VALUE } from "../regressor-limits.ts";
import { readTable, refusalOf } from "./read-table.ts";

/** Numbers kept in memory: names x series x dates, 8 bytes each. */
const MOST_CELLS = 20_000_000;
const COLUMNS = ["date", "name", "value", "series", "known"] as const;
const YES = ["yes", "true", "1"];
const NO = ["no", "false", "0", ""];

/** Dates and series that regressors are wanted of. */
export interface RegressorSpan {
  readonly from: string;
  /** Of the history and of the horizon. */
  readonly days: number;
  readonly names: readonly string[];
}

interface Line {
  readonly day: number;
  readonly name: string;
  readonly value: number;
  readonly series: string;
  readonly isKnownAhead: boolean;
  readonly at: number;
}

/**
 * Numbers by date of a CSV with the head `date,name,value` and if wanted `series` and `known`; dates outside the span are left out. Throws `AppError` with the line of
 * what it cannot read, of two values for one date, and of a name that is known in advance in one line and not in another.
 */
export async function readRegressors(file: string, span: RegressorSpan): Promise<readonly Regressor[]> {
  const [head = [], ...rows] = await readTable(file, refusal);
  if (head.length === 0) throw refusal(`${file} is empty`);
  const names = head.map((field) => field.trim().toLowerCase());
  const at = Object.fromEntries(COLUMNS.map((column) => [column, names.indexOf(column)]));
  const missing = COLUMNS.slice(0, 3).find((column) => (at[column] ?? -1) < 0);
  if (missing !== undefined)
    throw refusal(
      `${file} has no column "${missing}", but the columns ${JSON.stringify(head.join(",").slice(0, 200))}`,
    );
  if (rows.length === 0) throw refusal(`${file} has no line below its first one`);
  const known = new Set(span.names);
  const lines = rows.map((row, i) => {
    const where = `${file}, line ${i + 2}`;
    const cell = (column: (typeof COLUMNS)[number]) => row[at[column] ?? -1] ?? "";
    return lineOf(cell, { where, at: i + 2, span, known });
  });
  if (!lines.some(({ day }) => day >= 0 && day < span.days))
    throw refusal(
      `${file} has no date from ${span.from} to ${addDays(span.from, span.days - 1)}, which the series and their forecasts have`,
    );
  const byName = groupBy(lines, ({ name }) => name);
  if (byName.size > MOST_REGRESSORS)
    throw refusal(`${file} has ${byName.size} names, and at most ${MOST_REGRESSORS} are used`);
  const cells = [...byName.values()].reduce((sum, own) => sum + (isShared(own) ? 1 : span.names.length) * span.days, 0);
  if (cells > MOST_CELLS)
    throw refusal(`${file} is of ${cells} numbers for these series, and at most ${MOST_CELLS} are read`);
  return [...byName].map(([name, own]) => regressorOf(name, own, { file, span }));
}

interface Where {
  readonly where: string;
  readonly at: number;
  readonly span: RegressorSpan;
  readonly known: ReadonlySet<string>;
}

function lineOf(cell: (column: (typeof COLUMNS)[number]) => string, { where, at, span, known }: Where): Line {
  const date = cell("date").trim();
  if (!isDate(date)) throw refusal(`${where}: ${JSON.stringify(date.slice(0, 40))} is no date`);
  const name = cell("name").trim();
  if (name === "" || name.length > MOST_NAME) throw refusal(`${where}: a name has 1 to ${MOST_NAME} characters`);
  const text = cell("value").trim();
  const value = text === "" ? Number.NaN : Number(text);
  if (text !== "" && !(Math.abs(value) <= MOST_VALUE))
    throw refusal(
      `${where}: ${JSON.stringify(text.slice(0, 40))} is no number between -${MOST_VALUE} and ${MOST_VALUE}`,
    );
  const mark = cell("known").trim().toLowerCase();
  if (!YES.includes(mark) && !NO.includes(mark)) throw refusal(`${where}: "known" is yes or no`);
  const series = cell("series");
  if (series !== "" && !known.has(series))
    throw refusal(`${where}: series ${JSON.stringify(series.slice(0, 80))} is not in the file of series`);
  const day = date < span.from ? -1 : daysIn({ from: span.from, to: date }) - 1;
  return { day, name, value, series, isKnownAhead: YES.includes(mark), at };
}

const isShared = (lines: readonly Line[]) => lines.every(({ series }) => series === "");

function regressorOf(
  name: string,
  lines: readonly Line[],
  { file, span }: { file: string; span: RegressorSpan },
): Regressor {
  const isKnownAhead = lines[0]?.isKnownAhead ?? false;
  const other = lines.find((line) => line.isKnownAhead !== isKnownAhead);
  if (other)
    throw refusal(
      `${file}, line ${other.at}: ${JSON.stringify(name)} is known in advance in one line and not in another`,
    );
  const bySeries = groupBy(lines, ({ series }) => series);
  const common = filled(new Float64Array(span.days).fill(Number.NaN), bySeries.get("") ?? [], file);
  const own = (series: string) => {
    const lines = bySeries.get(series);
    return lines ? overlaid(common, filled(new Float64Array(span.days).fill(Number.NaN), lines, file)) : common;
  };
  return { name, isKnownAhead, values: isShared(lines) ? [common] : span.names.map(own) };
}

/** What is told of the series itself is the last word. */
const overlaid = (common: Float64Array, own: Float64Array) =>
  own.map((value, day) => (Number.isNaN(value) ? common[day]! : value));

function filled(values: Float64Array, lines: readonly Line[], file: string): Float64Array {
  const seen = new Uint8Array(values.length);
  for (const { day, value, at } of lines) {
    if (day < 0 || day >= values.length) continue;
    if (seen[day] === 1) throw refusal(`${file}, line ${at}: the date has a value of this name already`);
    seen[day] = 1;
    values[day] = value;
  }
  return values;
}

const refusal = refusalOf(
  'Write "date,name,value" in the first line, dates as YYYY-MM-DD below; a column "series" limits a line to one, "known" (yes or no) says what is known in advance.',
);
