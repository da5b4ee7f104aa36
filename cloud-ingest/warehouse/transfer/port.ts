import type { RowTable } from "../../../firmware-config/contract/row.ts";
import type { DateRange } from "../../calendar.ts";
import type { AlertRows } from "../alert-port.ts";
import { DATA_TABLES } from "../columns.ts";
import type { DerivedRow } from "../derived-port.ts";
import type { Ledger } from "../port.ts";
import type { DeviceRecord } from "../presence.ts";
import type { AcceptedDifference } from "../quarantine-port.ts";
import type { NumberedRun } from "./books.ts";

/** The tables that move row by row. Hours and days do not: the roll-up of the target makes them of the counts. */
export const MOVED_TABLES = [...DATA_TABLES, "quarantine", "quarantine_replay"] as const;
export type MovedTable = (typeof MOVED_TABLES)[number];

/** The date of rows whose table has none. */
export const NO_DATE = "";

/** What a date of a table holds, each row once. */
export interface DateSum {
  /** UTC, `YYYY-MM-DD`, or `NO_DATE`. */
  readonly date: string;
  readonly rows: number;
  /** Of what names the rows: the same rows give the same one in every warehouse, whatever their order. */
  readonly digest: string;
  /** False while some rows cannot be read, such as those behind a damaged file. */
  readonly isWhole: boolean;
}

/** Some dates of a table, as many as are moved at once. */
export interface Portion {
  readonly table: MovedTable;
  /** Oldest first. */
  readonly sums: readonly DateSum[];
}

/** Called by `kazoe warehouse copy`, on both ends, one call at a time. */
export interface TransferStore {
  /** The dates of the range that have rows, oldest first; a table without dates has `NO_DATE` in every range. */
  sums(table: MovedTable, range: DateRange): Promise<readonly DateSum[]>;
  /** Writes the rows of these dates into a new Parquet file, with the columns of `file-columns.ts`; a row may be there twice. */
  read(portion: Portion, file: string): Promise<void>;
  /**
   * Adds the rows of such a file that are not there yet, and notes what must be rolled up. They are there when it returns; repeated,
   * also after it was cut off anywhere, it changes nothing. No date is before 1970-01-01.
   */
  write(portion: Portion, file: string): Promise<void>;
}

/** How far a stream of the bus was read, and what became of its messages. */
export interface StreamLedger extends Ledger {
  /** Empty for a bus without order. */
  readonly stream: string;
  /** 0 for a bus without order. */
  readonly lastNumber: number;
}

/** What a warehouse keeps beside its rows: so little that it fits into memory. */
export interface Books {
  readonly devices: readonly DeviceRecord[];
  readonly runs: readonly NumberedRun[];
  readonly ledger: readonly StreamLedger[];
  readonly accepted: readonly AcceptedDifference[];
  /** What people said of flags; flags themselves are made again. */
  readonly words: readonly DerivedRow[];
  /** Rows that no device sent, every version. */
  readonly rows: Readonly<Record<RowTable, readonly DerivedRow[]>>;
  /** What the alert engine knows, was taken by whom, and what people said of it. */
  readonly alerts: AlertRows;
  /** The newest time that our clock is believed to have told, RFC 3339 UTC; empty before the first. */
  readonly clockMark: string;
}

/** Called by `kazoe warehouse copy`, after the rows. */
export interface BookStore {
  books(): Promise<Books>;
  /** Puts entries in, each in the place of the one that it is newer than. */
  putBooks(books: Books): Promise<void>;
}

/** One end of a copy. */
export interface TransferEnd extends TransferStore, BookStore {
  close(): Promise<void>;
}
