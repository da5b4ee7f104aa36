import { listValue } from "@duckdb/node-api";
import type { Clock } from "../../../firmware-config/kit/clock.ts";
import { addDays, type DateRange, dateOfMs } from "../../calendar.ts";
import { CONTENT } from "../quarantine-content.ts";
import { numberOf, type Row, textOf } from "../row.ts";
import { fromFile, MOVED_COLUMNS, OWN_NAME, ROW_NAMES, sumsOf, toFile } from "../transfer/file-columns.ts";
import { copyTo } from "../transfer/parquet-desk.ts";
import { type DateSum, type MovedTable, NO_DATE, type Portion, type TransferStore } from "../transfer/port.ts";
import { datesOf } from "../transfer/portions.ts";
import { archivePartition } from "./archive.ts";
import type { ColdCare } from "./cold-care.ts";
import { allRows, coldFiles, fileParameters, listedOn } from "./cold-list.ts";
import type { Database } from "./database.ts";
import { canBeRewritten } from "./job-store.ts";
import { addNumbersOf } from "./seq-index.ts";
import type { Session } from "./session.ts";
import { markRowsStale } from "./stale-quarters.ts";
import { columnList, type PartitionedTable } from "./tables.ts";

/** Dates whose files are read in one statement. */
const DATES_AT_ONCE = 200;
const REPLAY = "quarantine_replay";

export interface TransferParts {
  readonly database: Database;
  readonly care: ColdCare;
  readonly clock: Clock;
  /** Closed days that stay in the hot database. */
  readonly hotDays: number;
}

/** Moves rows out of and into a database and its Parquet files. */
export class DuckDbTransferStore implements TransferStore {
  readonly #parts: TransferParts;

  constructor(parts: TransferParts) {
    this.#parts = parts;
  }

  async sums(table: MovedTable, range: DateRange): Promise<readonly DateSum[]> {
    const { database } = this.#parts;
    if (table === REPLAY) {
      const rows = `SELECT '${NO_DATE}' AS date, ${ROW_NAMES[table]} AS name FROM ${table}`;
      return (await database.read((session) => session.rows(sumsOf(rows)), "export")).map((row) => sumOf(row, true));
    }
    const dates = await database.read((session) => datesIn(session, table, range), "export");
    const sums: DateSum[] = [];
    for (let at = 0; at < dates.length; at += DATES_AT_ONCE) {
      sums.push(...(await this.#sums(table, dates.slice(at, at + DATES_AT_ONCE))));
    }
    return sums;
  }

  async read(portion: Portion, file: string): Promise<void> {
    const { table } = portion;
    if (table === REPLAY) {
      const query = `SELECT ${toFile(table)} FROM ${table}`;
      await this.#parts.database.read((session) => session.run(copyTo(file, query)), "export");
      return;
    }
    await this.#reading(table, datesOf(portion), async (session, rows, parameters) => {
      await session.run(copyTo(file, `SELECT ${toFile(table)} FROM (${rows})`), parameters);
    });
  }

  async write({ table, sums }: Portion, file: string): Promise<void> {
    const { database } = this.#parts;
    if (table === REPLAY) return database.write((session) => putReplays(session, file));
    const dates = sums.map(({ date }) => date);
    await database.write((session) => this.#put(session, { table, dates }, file));
    await this.#archive(table, dates);
  }

  async #sums(table: PartitionedTable, dates: readonly string[]): Promise<readonly DateSum[]> {
    return this.#reading(table, dates, async (session, rows, parameters) => {
      const names = `SELECT date, ${ROW_NAMES[table]} AS name FROM (${rows})`;
      const found = await session.rows(sumsOf(names), parameters);
      const damaged = new Set(
        (await listedOn(session, table, dates)).filter(({ damage }) => damage !== "").map(({ date }) => date),
      );
      const sums = found.map((row) => sumOf(row, !damaged.has(textOf(row, "date"))));
      const seen = new Set(sums.map(({ date }) => date));
      const hidden = [...damaged].filter((date) => !seen.has(date));
      return [...sums, ...hidden.map(hiddenSum)].sort((a, b) => (a.date < b.date ? -1 : 1));
    });
  }

  /** Runs `work` on the rows of these dates, hot and archived, without those of damaged files. */
  #reading<T>(
    table: PartitionedTable,
    dates: readonly string[],
    work: (session: Session, rows: string, parameters: Parameters<Session["rows"]>[1]) => Promise<T>,
  ): Promise<T> {
    const { database, care } = this.#parts;
    const list = (session: Session) => listedOn(session, table, dates);
    const read = async (session: Session) => {
      const files = await coldFiles(session, table, dates);
      const rows = `SELECT * FROM (${allRows(table, files, 2)}) WHERE date IN (SELECT unnest($1)::DATE)`;
      return work(session, rows, [listValue([...dates]), ...fileParameters(database.dir, files)]);
    };
    return care.reading(list, () => database.read(read, "export"), { isExport: true });
  }

  /** Rows, their numbers and what is to be rolled up in one transaction. */
  async #put(
    session: Session,
    { table, dates }: { readonly table: PartitionedTable; readonly dates: readonly string[] },
    file: string,
  ): Promise<void> {
    const files = await coldFiles(session, table, dates);
    const known = `SELECT * FROM (${allRows(table, files, 3)}) WHERE date IN (SELECT unnest($2)::DATE)`;
    const parameters = [file, listValue([...dates]), ...fileParameters(this.#parts.database.dir, files)];
    const sql = `INSERT INTO ${table} (${columnList(MOVED_COLUMNS[table])}) ${newRows(table, known)}`;
    const inserted = await session.run(sql, parameters);
    if (inserted === 0 || table === "quarantine") return;
    await addNumbersOf(session, "SELECT * FROM read_parquet($1)", [file]);
    if (table !== "counts") return;
    await markRowsStale(session, `SELECT ${fromFile(table)} FROM read_parquet($1)`, [file]);
  }

  /** Old dates go to Parquet at once, so that the hot database does not grow with a copy of decades. */
  async #archive(table: PartitionedTable, dates: readonly string[]): Promise<void> {
    const { database, care, clock, hotDays } = this.#parts;
    const upTo = addDays(dateOfMs(clock.nowMs()), -1 - hotDays);
    for (const date of dates.filter((one) => one <= upTo)) {
      if (await canBeRewritten(database, care, { table, date })) await archivePartition(database, { table, date });
    }
  }
}

const sumOf = (row: Row, isWhole: boolean): DateSum => {
  return { date: textOf(row, "date"), rows: numberOf(row, "n"), digest: textOf(row, "digest"), isWhole };
};

/** Of a date all of whose rows are behind damaged files. */
const hiddenSum = (date: string): DateSum => ({ date, rows: 0, digest: "", isWhole: false });

async function datesIn(session: Session, table: PartitionedTable, { from, to }: DateRange): Promise<readonly string[]> {
  const rows = await session.rows(
    `SELECT date FROM ${table} WHERE date BETWEEN $1::DATE AND $2::DATE
     UNION SELECT date FROM cold_file WHERE table_name = $3 AND date BETWEEN $1::DATE AND $2::DATE ORDER BY date`,
    [from, to, table],
  );
  return rows.map((row) => textOf(row, "date"));
}

/** The rows of a file (`$1`) that `known` has not, each once: told by hashes and numbers, as whole rows of a day may not fit into memory. */
function newRows(table: PartitionedTable, known: string): string {
  const hash = `md5_number(${ROW_NAMES[table]})`;
  const rows = "read_parquet($1, file_row_number = true)";
  const fresh = `SELECT * FROM ${rows} WHERE file_row_number IN (
    SELECT min(file_row_number) FROM (SELECT date, ${hash} AS hash, file_row_number FROM ${rows}) AS f
    WHERE NOT EXISTS (SELECT 1 FROM (SELECT date, ${hash} AS hash FROM (${known})) AS k WHERE k.date = f.date AND k.hash = f.hash)
    GROUP BY date, hash)`;
  return `SELECT ${fromFile(table)} FROM (${table === "quarantine" ? renamed(fresh, known) : fresh})`;
}

/** A message whose name another has goes by a longer one, as when it came from the bus. */
const renamed = (fresh: string, known: string) => `SELECT * REPLACE (
  CASE WHEN message_id IN (SELECT message_id FROM (${known})) THEN ${OWN_NAME} || '~' || ${CONTENT} ELSE message_id END AS message_id)
  FROM (${fresh})`;

/** A message has one mark: that it was stored, else the last refusal. */
async function putReplays(session: Session, file: string): Promise<void> {
  const { [REPLAY]: columns } = MOVED_COLUMNS;
  await session.run(
    `CREATE OR REPLACE TEMP TABLE new_replay AS SELECT * FROM (SELECT ${fromFile(REPLAY)} FROM read_parquet($1)) AS f
     WHERE NOT EXISTS (SELECT 1 FROM ${REPLAY} AS m WHERE m.message_id = f.message_id
       AND (m.outcome <> 'refused' OR (f.outcome = 'refused' AND m.replayed_at >= f.replayed_at)))
     QUALIFY row_number() OVER (PARTITION BY message_id ORDER BY (outcome = 'refused'), replayed_at DESC) = 1`,
    [file],
  );
  await session.run(`DELETE FROM ${REPLAY} WHERE message_id IN (SELECT message_id FROM new_replay)`);
  await session.run(`INSERT INTO ${REPLAY} (${columnList(columns)}) SELECT ${columnList(columns)} FROM new_replay`);
  await session.run("DROP TABLE new_replay");
}
