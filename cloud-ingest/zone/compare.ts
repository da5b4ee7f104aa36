import { zoneOf } from "./rules.ts";
import type { Zone } from "./zone.ts";

const DAY_MS = 86_400_000;
const QUARTER_MS = 900_000;

/** Counts of so many days back may still be looked at closely, and a difference ahead is worth an update in time. */
const BACK_DAYS = 5 * 366;
const AHEAD_DAYS = 2 * 366;

/** No summer time, nor the pause of one for Ramadan, is shorter. */
const STEP_MS = 7 * DAY_MS;

/** Another source of zone rules in this process. Called at the start and by `check-config`, to be compared with ours. */
export interface ZoneLibrary {
  readonly name: string;
  /** What a zone's clock is ahead of UTC at each instant, in seconds; undefined when the library does not know the zone. */
  offsetsS(timeZone: string, instantsMs: readonly number[]): Promise<readonly number[] | undefined>;
}

/** What a library thinks of a zone that our rules do not. */
export interface ZoneDifference {
  readonly timeZone: string;
  readonly library: string;
  /** The first instant of the difference, RFC 3339 UTC to a quarter of an hour; undefined when the library lacks the zone. */
  readonly at: string | undefined;
  /** Such as `-07:00`. */
  readonly ours: string | undefined;
  readonly theirs: string | undefined;
}

/** The first difference between a library's rules and ours from five years before an instant to two years after it. */
export async function differenceOf(
  library: ZoneLibrary,
  timeZone: string,
  nowMs: number,
): Promise<ZoneDifference | undefined> {
  const zone = zoneOf(timeZone);
  const startMs = Math.floor(nowMs / QUARTER_MS) * QUARTER_MS - BACK_DAYS * DAY_MS;
  const weeks = steps(startMs, nowMs + AHEAD_DAYS * DAY_MS, STEP_MS);
  const theirs = await library.offsetsS(timeZone, weeks);
  const base = { timeZone, library: library.name };
  if (!theirs) return { ...base, at: undefined, ours: undefined, theirs: undefined };
  const week = firstDifference(zone, weeks, theirs);
  if (!week) return undefined;
  const quarters = steps(week.atMs - STEP_MS, week.atMs, QUARTER_MS);
  const first = firstDifference(zone, quarters, (await library.offsetsS(timeZone, quarters)) ?? []) ?? week;
  return {
    ...{ ...base, at: new Date(first.atMs).toISOString() },
    ...{ ours: offsetText(zone.offsetS(first.atMs)), theirs: offsetText(first.offsetS) },
  };
}

function firstDifference(zone: Zone, instantsMs: readonly number[], offsetsS: readonly number[]) {
  const found = instantsMs.map((atMs, index) => ({ atMs, offsetS: offsetsS[index] ?? 0 }));
  return found.find(({ atMs, offsetS }) => offsetS !== zone.offsetS(atMs));
}

function steps(fromMs: number, toMs: number, stepMs: number): readonly number[] {
  return Array.from({ length: Math.floor((toMs - fromMs) / stepMs) + 1 }, (_, step) => fromMs + step * stepMs);
}

/** Hours and minutes, and seconds where there are any. */
function offsetText(offsetS: number): string {
  const text = new Date(Math.abs(offsetS) * 1000).toISOString().slice(11, 19);
  return (offsetS < 0 ? "-" : "+") + (text.endsWith(":00") ? text.slice(0, 5) : text);
}
