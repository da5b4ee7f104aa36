import { daysIn, FIRST_DATE, LAST_DATE } from "../calendar.ts";

/** What holds for some business dates, both included: a single one, or from and to of which each may be left open. */
export interface Dated {
  readonly on?: string;
  readonly from?: string;
  readonly to?: string;
}

export interface Found<T> {
  readonly entry: T;
  /** In the list. */
  readonly index: number;
}

/** The entries that hold on a date: the narrower before the wider, of two equally wide ones the later one. */
export function inForce<T extends Dated>(entries: readonly T[], date: string): readonly Found<T>[] {
  const found = entries.flatMap((entry, index) => {
    const { from, to } = rangeOf(entry);
    return date >= from && date <= to ? [{ entry, index, days: daysIn({ from, to }), from }] : [];
  });
  return found.sort((a, b) => a.days - b.days || (a.from < b.from ? 1 : -1) || b.index - a.index);
}

/** The first and last date; those left open are the ends of the calendar. */
export const rangeOf = ({ on, from, to }: Dated) => ({ from: on ?? from ?? FIRST_DATE, to: on ?? to ?? LAST_DATE });
