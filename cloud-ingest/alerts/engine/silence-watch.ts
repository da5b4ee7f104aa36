import { addDays } from "../../calendar.ts";
import { groupBy } from "../../group-by.ts";
import type { HourTotal, SignalStore } from "../../warehouse/alert-port.ts";
import type { StoreInfo } from "../../warehouse/port.ts";
import { zoneOf } from "../../zone/rules.ts";
import type { IsOpen } from "./opening.ts";
import type { SilenceReading } from "./reading.ts";
import { subjectKey } from "./subject.ts";

/**
 * Dispersion of people in an hour: of a negative binomial with this k nobody comes, where s are expected, with a chance of (1 + s/k)^-k. 4 was
 * measured on street counts thinned to shop level; people do not come one by one.
 */
const K = 4;
const WEEKS = 6;
/** An hour that was seen on fewer of the same weekdays has no expectation. */
const LEAST_WEEKS = 3;
/** Silence that began earlier is the quality job's, which judges days that are over. */
const DATES_BACK = 1;
const HOUR_MS = 3_600_000;
/** Stores of one question: some ten thousand rows. */
const STORES_AT_ONCE = 200;
/** Siblings are witnesses from so many expected people on, all together: their own silence has a chance of 1 in 256. */
const WITNESS_PEOPLE = 12;

interface Parts {
  readonly store: Pick<SignalStore, "hourTotals">;
  readonly stores: readonly StoreInfo[];
  readonly isOpen: IsOpen;
}

interface Silence {
  readonly expected: number;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/**
 * How likely the silence of each device is that counted nobody in its last hours, by the same hours of six weeks; devices that count, or
 * whose hours nobody knows, are in the answer with chance 1 or not at all. Where every device of a store is silent it is the street or a
 * closed door: nobody is blamed.
 */
export async function silences(parts: Parts, nowMs: number): Promise<ReadonlyMap<string, SilenceReading>> {
  const found = new Map<string, SilenceReading>();
  for (let at = 0; at < parts.stores.length; at += STORES_AT_ONCE) {
    const some = parts.stores.slice(at, at + STORES_AT_ONCE);
    for (const [zone, stores] of groupBy(some, ({ timeZone }) => timeZone))
      await look(parts, stores, { zone, nowMs, found });
  }
  return found;
}

interface Look {
  readonly zone: string;
  readonly nowMs: number;
  readonly found: Map<string, SilenceReading>;
}

async function look(
  { store, isOpen }: Parts,
  stores: readonly StoreInfo[],
  { zone, nowMs, found }: Look,
): Promise<void> {
  const today = zoneOf(zone).date(nowMs);
  const dates = Array.from({ length: DATES_BACK + 1 }, (_, day) => addDays(today, -day));
  const usual = dates.flatMap((date) => Array.from({ length: WEEKS }, (_, week) => addDays(date, -7 * (week + 1))));
  const recent = await store.hourTotals(dates, stores);
  const before = groupBy(await store.hourTotals(usual, stores), subjectKey);
  const byStore = new Map(stores.map((one) => [`${one.tenant} ${one.store}`, one]));
  const ofStores = groupBy(recent, (one) => `${one.tenant} ${one.store}`);
  for (const [key, rows] of ofStores) {
    const info = byStore.get(key);
    if (!info) continue;
    const devices = [...groupBy(rows, subjectKey)].map(([device, own]) => {
      const at = { nowMs, isOpen: (ms: number) => isOpen(info, ms), zone };
      return { device, silence: silenceOf(own, expectationOf(before.get(device) ?? []), at) };
    });
    for (const { device, silence } of devices) {
      if (!silence) continue;
      const others = devices.filter((one) => one.device !== device).map((one) => one.silence?.expected ?? 0);
      // Devices that all see nobody see a closed shop.
      const isShared = others.every((people) => people > 0) && others.reduce((a, b) => a + b, 0) >= WITNESS_PEOPLE;
      if (isShared && silence.expected > 0) continue;
      const { expected, sinceMs, untilMs } = silence;
      found.set(device, { chance: (1 + expected / K) ** -K, sinceMs, untilMs });
    }
  }
}

/** People usually counted in an hour of a weekday, by `weekday HH`. */
type Expectation = ReadonlyMap<string, number>;

/** The larger of median and half the mean: a median of 0 says little where some come some weeks. */
function expectationOf(rows: readonly HourTotal[]): Expectation {
  const byHour = groupBy(rows, hourKey);
  return new Map(
    [...byHour].flatMap(([key, hours]) => {
      if (hours.length < LEAST_WEEKS) return [];
      const people = hours.map((hour) => hour.people).sort((a, b) => a - b);
      const middle = (people.length - 1) / 2;
      const median = ((people[Math.floor(middle)] ?? 0) + (people[Math.ceil(middle)] ?? 0)) / 2;
      const mean = people.reduce((a, b) => a + b, 0) / people.length;
      return [[key, Math.max(median, mean / 2)] as const];
    }),
  );
}

const hourKey = ({ businessDate, localStart }: HourTotal) =>
  `${new Date(businessDate).getUTCDay()} ${localStart.slice(11, 13)}`;

interface Place {
  readonly nowMs: number;
  readonly zone: string;
  readonly isOpen: (ms: number) => boolean;
}

/** From the last whole hour back to the last one in which somebody was counted. Hours that nobody watched say nothing. */
function silenceOf(
  rows: readonly HourTotal[],
  usual: Expectation,
  { nowMs, zone, isOpen }: Place,
): Silence | undefined {
  const clock = zoneOf(zone);
  const hours = rows
    .map((row) => ({ row, startMs: clock.firstInstantMs(row.localStart) }))
    // The roll-up needs some minutes.
    .filter(({ row, startMs }) => startMs + HOUR_MS + 10 * 60_000 <= nowMs && row.observedS > 0)
    .sort((a, b) => b.startMs - a.startMs);
  const [last] = hours;
  if (!last || usual.size === 0) return undefined;
  let expected = 0;
  let sinceMs = last.startMs + HOUR_MS;
  for (const { row, startMs } of hours) {
    if (row.people > 0) break;
    if (isOpen(startMs + HOUR_MS / 2)) expected += (usual.get(hourKey(row)) ?? 0) * Math.min(1, row.observedS / 3_600);
    sinceMs = startMs;
  }
  return { expected, sinceMs, untilMs: last.startMs + HOUR_MS };
}
