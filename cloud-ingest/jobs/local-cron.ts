import type { Zone } from "../zone/zone.ts";

/** A cron expression that is read on the wall clock of a place. */
export interface LocalCron {
  /** True for a wall-clock time, counted as if it were UTC. */
  readonly matches: (wallMs: number) => boolean;
  readonly expression: string;
  readonly zone: Pick<Zone, "offsetS">;
  /** A minute, or a second for an expression with six fields. */
  readonly stepMs: number;
}

/** No zone's clock goes back further at once, but for those that changed the date. */
const LONGEST_REPEAT_MS = 3 * 3_600_000;
const LONGEST_SKIP_MS = 3 * 3_600_000;

/**
 * True when the schedule starts at an instant, a whole `stepMs`. A time that the clock jumps over starts right after the jump. Of one that comes
 * twice the first counts; what runs at every hour runs in both, or it would rest for an hour.
 */
export function isDue(cron: LocalCron, atMs: number): boolean {
  const { matches, expression, zone, stepMs } = cron;
  const wallMs = atMs + zone.offsetS(atMs) * 1_000;
  if (matches(wallMs)) return isHourly(expression) || !cameBefore(cron, atMs);
  if (isHourly(expression)) return false;
  const jumpedMs = (zone.offsetS(atMs) - zone.offsetS(atMs - stepMs)) * 1_000;
  for (let skipped = stepMs; skipped <= Math.min(jumpedMs, LONGEST_SKIP_MS); skipped += stepMs)
    if (matches(wallMs - skipped)) return true;
  return false;
}

/** True when the clock of the place has shown this time already. */
function cameBefore({ zone }: LocalCron, atMs: number): boolean {
  const backMs = (zone.offsetS(atMs - LONGEST_REPEAT_MS) - zone.offsetS(atMs)) * 1_000;
  // The same wall time at the offset of before the jump.
  return backMs > 0 && zone.offsetS(atMs - backMs) > zone.offsetS(atMs);
}

/** True where the field of hours names none, as that of the nickname does. */
function isHourly(expression: string): boolean {
  if (expression.trim().toLowerCase() === "@hourly") return true;
  return (expression.trim().split(/\s+/).at(-4) ?? "").includes("*");
}
