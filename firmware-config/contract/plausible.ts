import { MAX_VISIT_S } from "./envelope.ts";
import type { Message } from "./messages.ts";

/** Seconds and share by which a window may be watched longer than it lasts: clocks are corrected in the middle of it. */
const WATCHED_OVER_S = 5;
const WATCHED_OVER_SHARE = 1.1;
/** A mean is rounded to thousandths. */
const ROUNDING = 0.001;

/** What cannot be true although each number by itself could, or undefined. */
export function implausible(message: Message): string | undefined {
  if (message.kind !== "counts") return undefined;
  const { observedS, windowS, occupancyMean, occupancyMax, visits, stops, dwellS } = message;
  if (observedS > windowS * WATCHED_OVER_SHARE + WATCHED_OVER_S) return "/observedS is longer than the window";
  if (occupancyMean > occupancyMax + ROUNDING) return "/occupancyMean is more than /occupancyMax";
  if (stops > visits) return "/stops are more than /visits";
  if (dwellS > visits * MAX_VISIT_S + ROUNDING) return "/dwellS is longer than /visits can have lasted";
  return undefined;
}
