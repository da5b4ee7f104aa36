import type { CalendarEntry } from "../registry/calendar-entry.ts";
import { parseHours } from "../registry/opening-hours.ts";
import type { Registry } from "../registry/registry.ts";
import type { RowStore, StoredRow } from "../warehouse/row-port.ts";
import { ALL_DATES } from "../warehouse/source-rows.ts";

/** The registry with what people and programs said by rows. */
export async function withCalendarRows(registry: Registry, warehouse: Pick<RowStore, "sourceRows">): Promise<Registry> {
  return registry.with((await warehouse.sourceRows("calendar", ALL_DATES)).map(entryOf));
}

/** What a row of `calendar` says; one that takes back an earlier version says nothing. */
export function entryOf({ columns, receivedAt, ...row }: StoredRow): CalendarEntry {
  const { tenant, store, date, key, version, by } = row;
  const { what, says, hours } = columns;
  const spans = typeof hours === "string" ? parseHours(hours.split(/, ?/)) : undefined;
  return {
    ...{ tenant, store, date, key, version, by, at: receivedAt },
    ...(what === "closed" && { closed: String(says) }),
    ...(what === "hours" && spans && { hours: spans }),
    // Other hours have a reason too, which a forecast may learn from.
    ...((what === "event" || what === "hours") && says !== undefined && { event: String(says) }),
  };
}
