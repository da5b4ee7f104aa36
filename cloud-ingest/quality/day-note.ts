import type { StoreDay } from "../registry/store-day.ts";
import type { DayNote } from "./panel.ts";

/** What quality and forecasts must know of a date; undefined for an ordinary one. */
export function noteOf({ hours, holiday, events, shocks }: StoreDay): DayNote | undefined {
  const [event, shock] = [events.join(", "), shocks.join(", ")];
  const note = {
    ...(holiday !== undefined && { holiday }),
    ...(hours?.length === 0 && { isClosed: true }),
    ...(event !== "" && { event }),
    ...(shock !== "" && { shock }),
  };
  return Object.keys(note).length === 0 ? undefined : note;
}
