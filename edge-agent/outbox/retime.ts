import type { DataMessage } from "../../firmware-config/contract/messages.ts";
import type { Stretch } from "./wall-clock.ts";

/** A stamp is taken a moment after the look at the clock. */
const MOMENT_MS = 1_000;

const iso = (ms: number) => new Date(ms).toISOString();

/**
 * The message with the time that a right clock would have told; the same message when nothing better is known. All windows of
 * a stretch move by the same whole number of windows, so they stay apart; `monotonicMs` and the identity stay.
 */
export function retimed(message: DataMessage, history: readonly Stretch[]): DataMessage {
  const stretch = stretchOf(message, history);
  if (message.clockSynced || stretch?.rightMs === undefined) return message;
  const clockSynced = stretch.synced ?? false;
  const shiftMs = stretch.rightMs - stretch.offsetMs;
  const shifted = (time: string) => iso(Date.parse(time) + shiftMs);
  if (message.kind === "counts") {
    const start = shiftedWindow(message.windowStart, message.windowS * 1000, shiftMs);
    return { ...message, clockSynced, ts: start, windowStart: start };
  }
  if (message.kind === "events" && message.eventKind === "visit")
    return { ...message, clockSynced, ts: shifted(message.ts), enteredAt: shifted(message.enteredAt) };
  return { ...message, clockSynced, ts: shifted(message.ts) };
}

/** The window of the grid that the shifted one covers most. */
function shiftedWindow(windowStart: string, windowMs: number, shiftMs: number): string {
  return iso(Math.round((Date.parse(windowStart) + shiftMs) / windowMs) * windowMs);
}

/** The stretch whose clock told the message's `ts`, which may be an earlier one than that of its stamp. */
function stretchOf({ ts, monotonicMs }: DataMessage, history: readonly Stretch[]): Stretch | undefined {
  let nearest: Stretch | undefined;
  let leastMs = Number.POSITIVE_INFINITY;
  history.forEach((stretch, i) => {
    if (i > 0 && stretch.fromMs > monotonicMs + MOMENT_MS) return;
    const untilMs = Math.min(monotonicMs, history[i + 1]?.fromMs ?? monotonicMs);
    const atMs = Date.parse(ts) - stretch.offsetMs;
    const apartMs = Math.max(0, stretch.fromMs - atMs, atMs - untilMs);
    if (apartMs > leastMs) return;
    nearest = stretch;
    leastMs = apartMs;
  });
  return nearest;
}
