import { addDays } from "../calendar.ts";

/** Slots of a date by the step of a panel. */
export const SLOTS = { hour: 24, day: 1 } as const;

export type Step = keyof typeof SLOTS;

/** What the calendar says of one date at one place. */
export interface DayNote {
  /** Name of a public holiday or a customary one (Obon, year end). */
  readonly holiday?: string;
  /** The place is closed all day. */
  readonly isClosed?: boolean;
  /** Name of an event that changes the traffic of the place itself. */
  readonly event?: string;
  /** Name of a shock that changes the traffic of all places, such as a state of emergency. */
  readonly shock?: string;
}

/** Series that are counted by the same clock, side by side on one grid of local hours or days without a gap. */
export interface Panel {
  readonly step: Step;
  /** The first date, `YYYY-MM-DD` local. */
  readonly from: string;
  readonly days: number;
  readonly names: readonly string[];
  /**
   * One array per name, `days * SLOTS[step]` long, people; NaN where nothing is known. Slot `day * 24 + hour` is the local hour;
   * an hour that a clock skips is NaN, one that it shows twice holds the sum.
   */
  readonly values: readonly Float64Array[];
  /** Per name, which names count the same place (other doors of the store, neighbours); left out, all others may be asked. */
  readonly siblings?: ReadonlyMap<string, readonly string[]>;
  /** Per name, which names another device counts at the same door: the closest witnesses that there are. */
  readonly sameDoor?: ReadonlyMap<string, readonly string[]>;
  /** Per name, which names are of the same device: what it loses they lose too. */
  readonly sameDevice?: ReadonlyMap<string, readonly string[]>;
  /** By date; a date without a note is an ordinary one. */
  readonly notes: ReadonlyMap<string, DayNote>;
  /** Per name, rows that came for each slot when that is known: 2 and more are loads that came again; `values` holds the latest. */
  readonly loads?: readonly (Uint8Array | undefined)[];
  /** Per name, the part of each slot that was watched, 0..1, NaN where nobody knows; left out, all of it. */
  readonly coverage?: readonly (Float32Array | undefined)[];
}

/** Local start of a slot: `YYYY-MM-DD` of a daily panel, `YYYY-MM-DDTHH:00` of an hourly one. */
export function slotText({ step, from }: Pick<Panel, "step" | "from">, slot: number): string {
  if (step === "day") return addDays(from, slot);
  const hour = String(slot % 24).padStart(2, "0");
  return `${addDays(from, Math.floor(slot / 24))}T${hour}:00`;
}
