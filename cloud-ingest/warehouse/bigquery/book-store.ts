import { ROW_TABLE_NAMES } from "../../../firmware-config/contract/row.ts";
import { groupBy } from "../../group-by.ts";
import { ALERT_COLUMNS, EVER, everyAlertRow } from "../alert-port.ts";
import { DERIVED_COLUMNS } from "../derived-port.ts";
import { ACCEPTED_COLUMNS, JOB_RUN_COLUMNS } from "../own-columns.ts";
import { ledgerOf, runOf } from "../read-rows.ts";
import { numberOf, textOf, timeOf } from "../row.ts";
import { ROW_COLUMNS, rowTableName } from "../row-port.ts";
import type { NumberedRun } from "../transfer/books.ts";
import type { BookStore, Books, StreamLedger } from "../transfer/port.ts";
import { readAlerts } from "./alert-store.ts";
import type { BigQueryClient, Row } from "./big-query-client.ts";
import { derivedRows } from "./derived-store.ts";
import type { DeviceStore } from "./device-store.ts";
import { KEPT_RUNS, runsSql } from "./job-store.ts";
import { NEWEST, sumOf } from "./ledger-book.ts";
import { acceptedDifferences } from "./ledger-store.ts";
import type { Load, LoadJobs } from "./load-jobs.ts";
import { allRows } from "./source-row-store.ts";
import { definitionOf } from "./tables.ts";

/** The worker of what another warehouse knew of a bus without order, and of its clock. */
const COPIED = "copy";
const CLOCK = "copy-clock";

export interface BookParts {
  readonly client: BigQueryClient;
  readonly loads: LoadJobs;
  readonly devices: DeviceStore;
}

/** The small tables as a whole. Devices are merged, which costs the least that is billed; the rest goes in by load jobs. */
export class BigQueryBookStore implements BookStore {
  readonly #parts: BookParts;

  constructor(parts: BookParts) {
    this.#parts = parts;
  }

  async books(): Promise<Books> {
    const { client, devices } = this.#parts;
    const [records, runs, entries, accepted, words, rows, alerts, marks] = await Promise.all([
      devices.records(),
      client.rows({ sql: runsSql(KEPT_RUNS) }),
      this.#entries(),
      acceptedDifferences(client),
      derivedRows(client, "quality_word"),
      allRows(client),
      everyAlertRow((table) => readAlerts(client, table, EVER)),
      client.rows({ sql: "SELECT MAX(clock_mark) AS mark FROM ledger" }),
    ]);
    const streams = groupBy(entries, (row) => textOf(row, "stream"));
    return {
      ...{ devices: records, runs: runs.map(numbered), accepted, words, rows, alerts },
      ledger: [...streams].map(([stream, rows]) => streamLedger(stream, rows)).filter(hasMessages),
      clockMark: marks[0] ? timeOf(marks[0], "mark") : "",
    };
  }

  async putBooks({ devices, runs, ledger, accepted, words, rows, alerts, clockMark }: Books): Promise<void> {
    await this.#parts.devices.put(devices);
    await this.#load("job_run", JOB_RUN_COLUMNS, runs);
    await this.#load("ledger_accepted", ACCEPTED_COLUMNS, accepted);
    await this.#load("quality_word", DERIVED_COLUMNS.quality_word, words);
    for (const table of ROW_TABLE_NAMES) await this.#load(rowTableName(table), ROW_COLUMNS[table], rows[table]);
    // What was told to whom before what is to be told: a copy that is cut off between them must have nobody told again.
    for (const table of ["alert_word", "alert_delivery", "alert"] as const)
      await this.#load(table, ALERT_COLUMNS[table], alerts[table]);
    const entries = await this.#entries();
    const streams = ledger.map((one) => entryFor(one, entries));
    const clock = { stream: "", worker: CLOCK, lastNumber: 0, stored: 0, duplicate: 0, quarantined: 0, clockMark };
    await this.#load("ledger", definitionOf("ledger").columns, clockMark === "" ? streams : [...streams, clock]);
  }

  #entries(): Promise<readonly Row[]> {
    return this.#parts.client.rows({ sql: NEWEST });
  }

  async #load(table: string, columns: Load["columns"], rows: readonly object[]): Promise<void> {
    if (rows.length === 0) return;
    const writtenAt = new Date().toISOString();
    // What is put in was not there a moment ago, so that no job of before has done it.
    const key = `books ${writtenAt} ${JSON.stringify(rows)}`;
    await this.#parts.loads.load({ table, columns, rows: rows.map((row) => ({ writtenAt, ...row })), key });
  }
}

const numbered = (row: Row): NumberedRun => ({ number: numberOf(row, "number"), ...runOf(row) });

const hasMessages = ({ lastNumber, stored, duplicate, quarantined }: StreamLedger) =>
  lastNumber > 0 || stored + duplicate + quarantined > 0;

function streamLedger(stream: string, rows: readonly Row[]): StreamLedger {
  const sums = rows.map(ledgerOf).reduce(sumOf);
  const numbers = rows.filter((row) => textOf(row, "worker") === "").map((row) => numberOf(row, "last_number"));
  return { stream, lastNumber: stream === "" ? 0 : Math.max(0, ...numbers), ...sums };
}

/** The entry with which a stream comes to what `wanted` says, beside those of its other workers. */
function entryFor({ stream, lastNumber, ...wanted }: StreamLedger, entries: readonly Row[]): object {
  const worker = stream === "" ? COPIED : "";
  const own = entries.filter((row) => textOf(row, "stream") === stream);
  const others = own.filter((row) => textOf(row, "worker") !== worker).map(ledgerOf);
  const before = own.find((row) => textOf(row, "worker") === worker);
  const taken = others.reduce(sumOf, { stored: 0, duplicate: 0, quarantined: 0 });
  const sums = {
    stored: wanted.stored - taken.stored,
    duplicate: wanted.duplicate - taken.duplicate,
    quarantined: wanted.quarantined - taken.quarantined,
  };
  const number = stream === "" ? (before ? numberOf(before, "last_number") : 0) + 1 : lastNumber;
  return { stream, worker, lastNumber: number, ...sums };
}
