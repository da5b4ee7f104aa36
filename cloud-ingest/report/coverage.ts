import { endOf, isWatched, type Slot, watchedShare } from "./slots.ts";

/** How far a camera, line or zone was watched on a day, of the time in which it should have been. */
export interface Coverage {
  readonly observedS: number;
  readonly dueS: number;
  readonly share: number;
  /** Local `YYYY-MM-DDTHH:MM:SS` of the first and the last watched slot, nothing when it was never watched. */
  readonly seen?: { readonly from: string; readonly to: string };
  readonly gaps: readonly Gap[];
}

/** A stretch without data. */
export interface Gap {
  readonly from: string;
  readonly to: string;
}

/** The coverage of slots of one day; nothing is claimed beyond `upTo`. */
export function coverageOf(slots: readonly Slot[], upTo: string): Coverage {
  const [first, last] = [slots.find(isMeasured), slots.findLast(isMeasured)];
  const seen = first && last && { from: first.start, to: earlier(endOf(last), upTo) };
  return {
    observedS: sumOf(slots, (slot) => slot.tally.observedS),
    dueS: sumOf(slots, (slot) => slot.dueS),
    share: watchedShare(slots),
    ...(seen && { seen }),
    gaps: gapsOf(slots).map((gap) => ({ from: gap.from, to: earlier(gap.to, upTo) })),
  };
}

const isMeasured = (slot: Slot) => isWatched(slot) && slot.state !== "repaired";

/** Neighbouring slots without data as one stretch each. */
export function gapsOf(slots: readonly Slot[]): readonly Gap[] {
  const gaps: Gap[] = [];
  slots.forEach((slot, index) => {
    if (slot.state !== "none") return;
    const before = slots[index - 1]?.state === "none" ? gaps.pop() : undefined;
    gaps.push({ from: before?.from ?? slot.start, to: endOf(slot) });
  });
  return gaps;
}

/** Of a camera's lines and zones, which all see the same, the one that was watched longest. */
export function longestWatched(slotLists: readonly (readonly Slot[])[]): readonly Slot[] {
  const observedS = (slots: readonly Slot[]) => sumOf(slots, (slot) => slot.tally.observedS);
  return slotLists.reduce((most, slots) => (observedS(slots) > observedS(most) ? slots : most), slotLists[0] ?? []);
}

function earlier(one: string, other: string): string {
  return [one, other].sort()[0] ?? one;
}

function sumOf(slots: readonly Slot[], value: (slot: Slot) => number): number {
  return slots.reduce((sum, slot) => sum + value(slot), 0);
}
