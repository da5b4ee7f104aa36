import { systemClock } from "../../../firmware-config/kit/clock.ts";
import type { TransferEnd } from "../transfer/port.ts";
import { DuckDbBookStore } from "./book-store.ts";
import { type DuckDbOptions, openDuckDb } from "./open.ts";
import { tidy } from "./seq-index.ts";
import { DuckDbTransferStore } from "./transfer-store.ts";

export interface DuckDbTransferOptions extends Partial<DuckDbOptions> {
  /** Closed days that stay in the hot database. */
  readonly hotDays: number;
}

/** The warehouse in `dir` as an end of a copy. Throws `AppError`, STORE_LOCKED while another process has it open. */
export function openDuckDbTransfer(dir: string, { hotDays, ...options }: DuckDbTransferOptions): Promise<TransferEnd> {
  const { clock = systemClock } = options;
  return openDuckDb(dir, options, (database, care) => {
    const rows = new DuckDbTransferStore({ database, care, clock, hotDays });
    const books = new DuckDbBookStore(database);
    let hasWritten = false;
    return {
      sums: (table, range) => rows.sums(table, range),
      read: (portion, file) => rows.read(portion, file),
      write: (portion, file) => {
        hasWritten = true;
        return rows.write(portion, file);
      },
      books: () => books.books(),
      putBooks: (some) => books.putBooks(some),
      close: async () => {
        // Each portion has left ranges of its own for every boot; more of them say the same.
        if (hasWritten) await database.write(tidy).catch(() => {});
        await database.close();
      },
    };
  });
}
