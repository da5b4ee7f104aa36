import { type DateRange, datesOf } from "../calendar.ts";
import { noteOf } from "../quality/day-note.ts";
import type { DayNote } from "../quality/panel.ts";
import type { Registry } from "../registry/registry.ts";
import type { StoreInfo } from "../warehouse/port.ts";

/** What the registry says of each date of a store that is not an ordinary one. */
export function calendarOf(
  registry: Registry,
  { tenant, store }: Pick<StoreInfo, "tenant" | "store">,
  range: DateRange,
): ReadonlyMap<string, DayNote> {
  const notes = new Map<string, DayNote>();
  for (const date of datesOf(range)) {
    const note = noteOf(registry.day({ tenant, store }, date));
    if (note) notes.set(date, note);
  }
  return notes;
}
