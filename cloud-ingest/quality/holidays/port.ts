import type { DayNote } from "../panel.ts";

/** Asked once for a file or a store: which dates of a place are holidays. */
export interface HolidaySource {
  /** Notes by date `YYYY-MM-DD` of the years, both ends included; throws `AppError` for a place that it does not know. */
  notesOf(place: string, fromYear: number, toYear: number): Promise<ReadonlyMap<string, DayNote>>;
}
