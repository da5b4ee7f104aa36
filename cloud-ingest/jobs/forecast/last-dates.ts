import { addDays } from "../../calendar.ts";
import type { DateHours } from "../../forecast/today.ts";
import type { DerivedRow } from "../../warehouse/derived-port.ts";
import type { GroupHistory } from "./groups.ts";

const HOURS = 24;

/** By name of a series, the last date of the history as it was foretold in its morning and as it came; none where an hour of either is not known. */
export function lastDates(
  { history, places }: Pick<GroupHistory, "history" | "places">,
  rows: readonly DerivedRow[],
): ReadonlyMap<string, DateHours> {
  const last = addDays(history.from, history.days - 1);
  const foretold = new Map<string, Float64Array>();
  for (const { store, place, step, businessDate, localStart, yhat } of rows) {
    if (step !== "hour" || businessDate !== last) continue;
    const name = `${store}/${place}`;
    const hours = foretold.get(name) ?? new Float64Array(HOURS).fill(Number.NaN);
    hours[Number(String(localStart).slice(11, 13))] = Number(yhat);
    foretold.set(name, hours);
  }
  return new Map(
    places.flatMap(({ name }, index) => {
      const hours = foretold.get(name);
      const counted = history.values[index]?.subarray(-HOURS);
      const isKnown = hours?.every(Number.isFinite) && counted?.every(Number.isFinite);
      return hours && counted && isKnown ? [[name, { hours, counted }] as const] : [];
    }),
  );
}
