import type { OpenSpan } from "./opening-hours.ts";

/** What somebody said of one date by a row, beside the registry's files. */
export interface CalendarEntry {
  readonly tenant: string;
  /** Empty: all stores of the tenant. */
  readonly store: string;
  readonly date: string;
  readonly key: string;
  readonly version: number;
  readonly by: string;
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly closed?: string;
  readonly hours?: readonly OpenSpan[];
  readonly event?: string;
}

/** Entries by `tenant/store date`, the last one said first. */
export type EntryBook = ReadonlyMap<string, readonly CalendarEntry[]>;

export const entryPlace = ({ tenant, store, date }: Pick<CalendarEntry, "tenant" | "store" | "date">) =>
  `${tenant}/${store} ${date}`;

/** The entries of rows, ready to be asked. */
export function entryBook(entries: readonly CalendarEntry[]): EntryBook {
  const book = new Map<string, CalendarEntry[]>();
  for (const entry of [...entries].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))) {
    const place = entryPlace(entry);
    const own = book.get(place) ?? [];
    own.push(entry);
    book.set(place, own);
  }
  return book;
}
