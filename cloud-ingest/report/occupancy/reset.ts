import { addDays } from "../../calendar.ts";
import { localAfter } from "../slots.ts";
import type { OpenStretch, Premises } from "./premises.ts";

const HOUR_MIN = 60;
const DAY_MIN = 1_440;
/** When most shops are empty, where nobody says when this one is open, or that it always is. */
const ASSUMED_MIN = 4 * HOUR_MIN;

/**
 * The local start of the hour at which nobody is taken to be inside before the shop opens on `date`: in the middle between closing and opening, so that who
 * leaves after closing and who comes before opening are on their own sides.
 */
export function resetBefore(date: string, { hours }: Pick<Premises, "hours">): string {
  const open = hours(date)?.[0]?.from;
  const closed = lastOf(hours(addDays(date, -1)));
  const minute = open === undefined ? ASSUMED_MIN : between(closed === undefined ? 0 : closed - DAY_MIN, open);
  return localAfter(`${date}T00:00:00`, minute * 60);
}

function between(closedMin: number, openMin: number): number {
  if (openMin - closedMin < HOUR_MIN) return ASSUMED_MIN;
  return Math.floor((closedMin + openMin) / 2 / HOUR_MIN) * HOUR_MIN;
}

const lastOf = (stretches: readonly OpenStretch[] | undefined) => stretches?.at(-1)?.to;
