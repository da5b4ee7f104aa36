import { datesOf } from "../calendar.ts";
import type { OpenSpan } from "../registry/opening-hours.ts";
import type { Zone } from "../zone/zone.ts";
import { assertFewDays } from "./check-ask.ts";

/** From when to when a shop is said to have been closed, ms since the epoch. */
interface ClosedAsk {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly nowMs: number;
  readonly zone: Pick<Zone, "date" | "firstInstantMs">;
  /** As the registry has it; undefined where nobody said any. */
  readonly hoursOf: (date: string) => readonly OpenSpan[] | undefined;
}

const MINUTE_MS = 60_000;
const ALL_DAY: readonly OpenSpan[] = [{ from: 0, to: 24 * 60 }];

/**
 * The business dates that are closed then: the last of them and those that have not ended in any case, an earlier one when the span covers more than half of its
 * opening hours. Where the power is cut in the evening an alert begins the day before, on which the shop was open. Throws `AppError` for years of them.
 */
export function closedDates({ fromMs, untilMs, nowMs, zone, hoursOf }: ClosedAsk): readonly string[] {
  const span = { from: zone.date(Math.min(fromMs, untilMs - 1)), to: zone.date(untilMs - 1) };
  assertFewDays(span);
  const today = zone.date(nowMs);
  const isCovered = (date: string) => {
    const midnightMs = zone.firstInstantMs(`${date}T00:00:00`);
    let [open, covered] = [0, 0];
    // A jump of the clock moves this by an hour at most, which decides nothing.
    for (const { from, to } of hoursOf(date) ?? ALL_DAY) {
      const [startMs, endMs] = [midnightMs + from * MINUTE_MS, midnightMs + to * MINUTE_MS];
      open += endMs - startMs;
      covered += Math.max(0, Math.min(endMs, untilMs) - Math.max(startMs, fromMs));
    }
    return covered > open / 2;
  };
  return datesOf(span).filter((date) => date >= today || date === span.to || isCovered(date));
}
