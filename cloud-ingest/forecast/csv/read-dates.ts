import { addDays, isDate } from "../../calendar.ts";
import { readTable, refusalOf } from "./read-table.ts";

/** One named date; `series` only where the file tells it of one series alone. */
export interface NamedDate {
  readonly date: string;
  readonly name: string;
  readonly series?: string;
}

const MOST_DATES = 200_000;
const FIRST = ["date", "from", "start", "time", "ds"];
const LAST = ["to", "end", "until"];
const NAME = ["name", "holiday", "event", "reason", "description"];

/**
 * Dates of a CSV with a head: `date` or `from` and `to` (both included), and if wanted `name` and `series`. Throws `AppError` with the line of what
 * it cannot read.
 */
export async function readDates(file: string, usualName: string): Promise<NamedDate[]> {
  const [head = [], ...rows] = await readTable(file, refusal);
  const names = head.map((field) => field.trim().toLowerCase());
  const column = (known: readonly string[]) => names.findIndex((name) => known.includes(name));
  const at = { first: column(FIRST), last: column(LAST), name: column(NAME), series: names.indexOf("series") };
  if (at.first < 0) throw refusal(`${file} has the columns ${JSON.stringify(head.join(","))}`);
  const dates: NamedDate[] = [];
  for (const [i, row] of rows.entries()) {
    const from = (row[at.first] ?? "").trim().slice(0, 10);
    const to = at.last < 0 || (row[at.last] ?? "").trim() === "" ? from : (row[at.last] ?? "").trim().slice(0, 10);
    if (!isDate(from) || !isDate(to) || to < from)
      throw refusal(`${file}, line ${i + 2}: no date, or an end before its beginning`);
    const name = (row[at.name] ?? "").trim() || usualName;
    const series = row[at.series] ?? "";
    for (let date = from; date <= to; date = addDays(date, 1)) {
      dates.push({ date, name, ...(series !== "" && { series }) });
      if (dates.length > MOST_DATES) throw refusal(`${file} names more than ${MOST_DATES} dates`);
    }
  }
  return dates;
}

const refusal = refusalOf(
  'Write "date,name" or "from,to,name" in the first line and dates as YYYY-MM-DD below; a column "series" limits a line to one.',
);
