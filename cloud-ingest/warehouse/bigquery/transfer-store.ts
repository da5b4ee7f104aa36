import { createHash } from "node:crypto";
import { listValue } from "@duckdb/node-api";
import type { Clock } from "../../../firmware-config/kit/clock.ts";
import { type DateRange, dateOfMs } from "../../calendar.ts";
import { groupBy } from "../../group-by.ts";
import { removeFile } from "../duckdb/cold-files.ts";
import { rangeCondition } from "../partitions/condition.ts";
import { tableFor } from "../partitions/layout.ts";
import { CONTENT } from "../quarantine-content.ts";
import { QUARTER_MS } from "../quarters.ts";
import { numberOf, textOf } from "../row.ts";
import { OWN_NAME } from "../transfer/file-columns.ts";
import type { ParquetDesk } from "../transfer/parquet-desk.ts";
import type { DateSum, MovedTable, Portion, TransferStore } from "../transfer/port.ts";
import { datesOf } from "../transfer/portions.ts";
import { affordable } from "./affordable.ts";
import type { BigQueryClient, Row } from "./big-query-client.ts";
import type { LoadJobs } from "./load-jobs.ts";
import { siblingTables } from "./migration.ts";
import { plannable } from "./near-dates.ts";
import { writeRows } from "./result-file.ts";
import type { Siblings } from "./siblings.ts";
import { rowsStatement, sumsStatement } from "./transfer-sql.ts";

const REPLAY = "quarantine_replay";
const QUARTER_US = QUARTER_MS * 1000;

export interface TransferParts {
  readonly client: BigQueryClient;
  readonly loads: LoadJobs;
  readonly siblings: Siblings;
  readonly clock: Clock;
  readonly desk: ParquetDesk;
}

/** Moves rows out of a dataset by paged reads of its views, and into it by load jobs, which are free of charge. */
export class BigQueryTransferStore implements TransferStore {
  readonly #parts: TransferParts;
  #sinceMs: Promise<number> | undefined;

  constructor(parts: TransferParts) {
    this.#parts = parts;
  }

  async sums(table: MovedTable, range: DateRange): Promise<readonly DateSum[]> {
    const { client } = this.#parts;
    await this.#since();
    if (table === REPLAY) return (await client.rows(sumsStatement(table, "TRUE"))).map(sumOf);
    const dates = await this.#datesIn(table, range);
    const sums: DateSum[] = [];
    for await (const { statement } of affordable(client, dates, (condition) => sumsStatement(table, condition))) {
      sums.push(...(await client.rows(statement)).map(sumOf));
    }
    return sums;
  }

  async read(portion: Portion, file: string): Promise<void> {
    const { table } = portion;
    await writeRows(this.#parts.desk, { table, file }, this.#pages(portion));
  }

  async write(portion: Portion, file: string): Promise<void> {
    const { table } = portion;
    if (table === REPLAY) return this.#loadFile(table, keyOf(portion), file);
    // Noted before the rows, or a copy that is killed in between would leave hours without them; after them, for a roll-up that ran in between.
    await this.#noteQuarters(portion, file, 1);
    const today = dateOfMs(this.#parts.clock.nowMs());
    const shares = [...groupBy(portion.sums, ({ date }) => tableFor(table, date, today))];
    for (const [name] of shares) if (name !== table) await this.#parts.siblings.need(name);
    await Promise.all(shares.map(([name, sums]) => this.#load(name, { table, sums }, file)));
    await this.#noteQuarters(portion, file, 2);
  }

  async #loadFile(table: string, key: string, file: string): Promise<void> {
    await this.#parts.loads.loadFile({ table, key, sinceMs: await this.#since() }, file);
  }

  /** When this copy began, by BigQuery's clock: what older jobs loaded was seen by the first look, or is gone. */
  #since(): Promise<number> {
    this.#sinceMs ??= nowOf(this.#parts.client);
    return this.#sinceMs;
  }

  async *#pages(portion: Portion): AsyncGenerator<readonly Row[]> {
    const { client } = this.#parts;
    const { table } = portion;
    if (table === REPLAY) {
      yield* client.pages(rowsStatement(table, "TRUE"));
      return;
    }
    const parts = affordable(client, datesOf(portion), (condition) => rowsStatement(table, condition));
    for await (const { statement } of parts) yield* client.pages(statement);
  }

  /** Dates that rows of the tables have, oldest first: reads their dates alone. */
  async #datesIn(table: Exclude<MovedTable, typeof REPLAY>, range: DateRange): Promise<readonly string[]> {
    const known = plannable(range);
    if (!known) return [];
    const { client } = this.#parts;
    const siblings = (await siblingTables(client)).filter((name) => name.startsWith(`${table}_`));
    const sources = [table, ...siblings].map((name) => {
      return `SELECT DISTINCT CAST(date AS STRING) AS date_text FROM ${name} WHERE ${rangeCondition("date", known)}`;
    });
    const rows = await client.rows({ sql: sources.join(" UNION ALL ") });
    return [...new Set(rows.map((row) => textOf(row, "date_text")))].sort();
  }

  /** The rows of the dates that lie in that table, as it has them. */
  async #load(name: string, portion: Portion, file: string): Promise<void> {
    const { desk } = this.#parts;
    const shaped = `${file}.${name}`;
    try {
      const values = portion.table === "quarantine" ? QUARANTINE_VALUES : "*";
      const rows = `SELECT ${values} FROM read_parquet($1) WHERE date IN (SELECT unnest($2)::DATE)`;
      await desk.write(shaped, rows, [file, listValue([...datesOf(portion)])]);
      await this.#loadFile(name, keyOf(portion), shaped);
    } finally {
      await removeFile(shaped);
    }
  }

  /** Notes the quarters of an hour of a file's counts for the roll-up. */
  async #noteQuarters(portion: Portion, file: string, number: number): Promise<void> {
    if (portion.table !== "counts") return;
    const { desk } = this.#parts;
    const quarters = `${file}.quarters`;
    const worker = `copy-${createHash("sha256").update(keyOf(portion)).digest("hex").slice(0, 32)}`;
    try {
      await desk.write(quarters, QUARTERS, [worker, BigInt(number), file]);
      await this.#loadFile("stale_quarter", `${number} ${keyOf(portion)}`, quarters);
    } finally {
      await removeFile(quarters);
    }
  }
}

/** SQL of DuckDB for the columns that the dataset has beside those of a file. */
const QUARANTINE_VALUES = `* REPLACE (${OWN_NAME} AS message_id), split_part(topic, '/', 3) AS tenant,
  split_part(topic, '/', 4) AS store, ${CONTENT} AS content`;

const QUARTERS = `SELECT DISTINCT tenant, store,
    make_timestamptz(floor(epoch_us(window_start) / ${QUARTER_US})::BIGINT * ${QUARTER_US}) AS quarter,
    $1::VARCHAR AS worker, $2::BIGINT AS number
  FROM read_parquet($3)`;

async function nowOf(client: BigQueryClient): Promise<number> {
  const [row] = await client.rows({ sql: "SELECT UNIX_MILLIS(CURRENT_TIMESTAMP()) AS now_ms" });
  return row ? numberOf(row, "now_ms") : 0;
}

const sumOf = (row: Row): DateSum => ({
  date: textOf(row, "date_text"),
  rows: numberOf(row, "n"),
  digest: `${textOf(row, "low")}-${textOf(row, "high")}`,
  isWhole: true,
});

/** What makes a portion's rows these: a job of that name is never made twice. */
const keyOf = ({ table, sums }: Portion) =>
  [`copy ${table}`, ...sums.map(({ date, rows, digest }) => `${date} ${rows} ${digest}`)].join("\n");
