import type { TrafficRow } from "../warehouse/port.ts";
import { isRepaired, isSeen, sumTally, type Tally } from "./tally.ts";

/** From this share on a span counts as watched, and a change may be shown with confidence. */
export const WELL_WATCHED = 0.9;

/** Counts of the last minutes are still on their way. */
const GRACE_S = 300;
const HOUR_S = 3600;
const DAY_S = 86_400;

/**
 * How far a span was watched: `repaired` holds estimates where a count is not believed, `none` is a fault and never shown as zero, `closed` is unwatched as expected, `running`
 * has not ended yet, `absent` is an hour which the clock skipped.
 */
export type SlotState = "observed" | "repaired" | "partial" | "running" | "none" | "closed" | "upcoming" | "absent";

/** One column of a chart and one row of its table. */
export interface Slot {
  /** Local start, `YYYY-MM-DDTHH:MM:SS`. */
  readonly start: string;
  readonly lengthS: number;
  /** Seconds in which it should have been watched so far. */
  readonly dueS: number;
  readonly state: SlotState;
  readonly tally: Tally;
}

/** A day of one line or zone. */
export interface HourInput {
  readonly date: string;
  /** Hourly rows of one line or zone on that date. */
  readonly rows: readonly TrafficRow[];
  readonly lengthsS: readonly number[];
  /** Seconds expected in each hour. */
  readonly expectedS: readonly number[];
  /** Start of the first hour ever; before it nothing is expected. */
  readonly since: string;
  /** The store's wall clock when the page was made. */
  readonly nowLocal: string;
}

/** The 24 hours of a day. */
export function hourSlots({ date, rows, lengthsS, expectedS, since, nowLocal }: HourInput): readonly Slot[] {
  return lengthsS.map((lengthS, hour) => {
    const start = `${date}T${String(hour).padStart(2, "0")}:00:00`;
    const matching = rows.filter((row) => row.localStart.slice(0, 13) === start.slice(0, 13));
    const known = start > since ? (expectedS[hour] ?? 0) : 0;
    return slotOf({ start, lengthS, expectedS: known, rows: matching, nowLocal });
  });
}

interface SlotInput {
  readonly start: string;
  readonly lengthS: number;
  readonly expectedS: number;
  readonly rows: readonly TrafficRow[];
  readonly nowLocal: string;
}

/** Adds up the rows of one span and says how far it was watched. */
export function slotOf(input: SlotInput): Slot {
  const tally = sumTally(input.rows);
  const dueS = Math.max(dueSoFar(input), Math.min(tally.observedS, input.lengthS));
  return { start: input.start, lengthS: input.lengthS, dueS, state: stateOf(input, tally, dueS), tally };
}

function dueSoFar({ start, lengthS, expectedS, nowLocal }: SlotInput): number {
  const passedS = secondsBetween(start, nowLocal);
  const whole = Math.min(expectedS, lengthS);
  return passedS >= onTheClock(lengthS) + GRACE_S ? whole : Math.min(whole, Math.max(0, passedS - GRACE_S));
}

function stateOf({ start, lengthS, expectedS, nowLocal }: SlotInput, tally: Tally, dueS: number): SlotState {
  const isRunning = nowLocal < endOf({ start, lengthS });
  if (lengthS === 0) return "absent";
  if (isSeen(tally) && isRunning) return "running";
  if (isSeen(tally) && isRepaired(tally)) return "repaired";
  if (isSeen(tally)) return tally.observedS > 0 && tally.observedS >= WELL_WATCHED * dueS ? "observed" : "partial";
  if (expectedS === 0) return "closed";
  return isRunning && dueS === 0 ? "upcoming" : "none";
}

// An hour that the clock goes through twice still ends an hour later on it.
function onTheClock(lengthS: number): number {
  return lengthS > HOUR_S && lengthS < DAY_S ? HOUR_S : lengthS;
}

/** When a slot ends by the clock on the wall. */
export function endOf({ start, lengthS }: Pick<Slot, "start" | "lengthS">): string {
  return localAfter(start, onTheClock(lengthS));
}

/** A wall-clock time so many seconds later, as the hands of a clock move. */
export function localAfter(local: string, seconds: number): string {
  return new Date(Date.parse(`${local}Z`) + seconds * 1000).toISOString().slice(0, 19);
}

/** Seconds from one wall-clock time to another, as the hands of a clock move. */
function secondsBetween(from: string, to: string): number {
  return (Date.parse(`${to}Z`) - Date.parse(`${from}Z`)) / 1000;
}

/** Slots with counts that can be trusted at least in part. */
export function isWatched(slot: Slot): boolean {
  return ["observed", "repaired", "partial", "running"].includes(slot.state);
}

/** Share of the due time in which the camera watched, 0..1. */
export function watchedShare(slots: readonly Slot[]): number {
  const dueS = slots.reduce((sum, slot) => sum + slot.dueS, 0);
  const observedS = slots.reduce((sum, slot) => sum + Math.min(slot.tally.observedS, slot.dueS), 0);
  return dueS > 0 ? observedS / dueS : 0;
}
