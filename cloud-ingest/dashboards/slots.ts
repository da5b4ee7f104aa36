import type { TrafficRow } from "../warehouse/port.ts";
import { sumTally, type Tally } from "./tally.ts";

const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"));
const WHOLE_SHARE = 0.95;

/** How far a span was watched: `none` is never shown as zero, `absent` is an hour which the clock skipped. */
export type SlotState = "observed" | "partial" | "none" | "upcoming" | "absent";

/** One column of a chart and one row of its table. */
export interface Slot {
  /** Local start, `YYYY-MM-DDTHH:MM:SS`. */
  readonly start: string;
  readonly lengthS: number;
  readonly state: SlotState;
  readonly tally: Tally;
}

/** A day of one line or zone. */
export interface HourInput {
  readonly date: string;
  /** Hourly rows of one line or zone on that date. */
  readonly rows: readonly TrafficRow[];
  readonly lengthsS: readonly number[];
  /** The store's wall clock when the page was made. */
  readonly nowLocal: string;
}

/** The 24 hours of a day. */
export function hourSlots({ date, rows, lengthsS, nowLocal }: HourInput): readonly Slot[] {
  return HOURS.map((hour, index) => {
    const start = `${date}T${hour}:00:00`;
    const matching = rows.filter((row) => row.localStart.slice(0, 13) === start.slice(0, 13));
    return slotOf({ start, lengthS: lengthsS[index] ?? 3600, rows: matching, nowLocal });
  });
}

interface SlotInput {
  readonly start: string;
  readonly lengthS: number;
  readonly rows: readonly TrafficRow[];
  readonly nowLocal: string;
}

/** Adds up the rows of one span and says how far it was watched. */
export function slotOf({ start, lengthS, rows, nowLocal }: SlotInput): Slot {
  const tally = sumTally(rows);
  return { start, lengthS, state: stateOf({ start, lengthS, rows, nowLocal }, tally), tally };
}

function stateOf({ start, lengthS, nowLocal }: SlotInput, tally: Tally): SlotState {
  const sawSomething = tally.observedS > 0 || tally.in + tally.out + tally.visits > 0;
  if (!sawSomething) return idleState(start, lengthS, nowLocal);
  const isRunning = nowLocal < localAfter(start, lengthS);
  return isRunning || tally.observedS >= WHOLE_SHARE * lengthS ? "observed" : "partial";
}

function idleState(start: string, lengthS: number, nowLocal: string): SlotState {
  if (lengthS === 0) return "absent";
  return nowLocal <= start ? "upcoming" : "none";
}

/** A wall-clock time so many seconds later, as the hands of a clock move. */
export function localAfter(local: string, seconds: number): string {
  return new Date(Date.parse(`${local}Z`) + seconds * 1000).toISOString().slice(0, 19);
}

/** Slots with counts that can be trusted at least in part. */
export function isWatched(slot: Slot): boolean {
  return slot.state === "observed" || slot.state === "partial";
}
