import type { Fault, Path } from "../../firmware-config/config/problem.ts";
import { FIRST_DATE, isDate, LAST_DATE } from "../calendar.ts";
import type { HolidaySource } from "./holiday-port.ts";
import { type Dated, rangeOf } from "./in-force.ts";
import { parseDays, parseHours } from "./opening-hours.ts";
import type { DayEntry, Level, PlaceVersion, RegistryConfig, WeekVersion } from "./registry-config.ts";

const TARGET = /^[^/\s]+\/[^/\s]+\/[^/\s]+$/;
/** What an entry of `days` can say; one of them at least. */
const SAYINGS = ["closed", "hours", "event", "shock", "moved", "holiday", "workday"] as const;

/** Who knows which places there are. */
type PlaceRule = Pick<HolidaySource, "fault">;

/** What a registry must keep beyond its schema: dates of the calendar, places that are known, hours that can be read, and no contradictions. */
export function registryFaults({ stores, ...tenant }: RegistryConfig, places: PlaceRule): readonly Fault[] {
  const ofStores = Object.entries(stores).flatMap(([name, store]) => {
    const path = ["stores", name];
    const doors = Object.entries(store.doors ?? {}).flatMap(([door, one]) => {
      const at = [...path, "doors", door];
      return [...levelFaults(one, at, places), ...targetFaults(one.targets, at)];
    });
    const spells = (store.open ?? []).flatMap((spell, i) => rangeFaults(spell, [...path, "open", i]));
    return [...levelFaults(store, path, places), ...spells, ...doors, ...sharedTargets(store.doors ?? {}, path)];
  });
  return [...levelFaults(tenant, [], places), ...ofStores];
}

function levelFaults({ places = [], hours = [], days = [] }: Level, path: Path, rule: PlaceRule): readonly Fault[] {
  return [
    ...places.flatMap((place, i) => placeFaults(place, [...path, "places", i], rule)),
    ...hours.flatMap((version, i) => weekFaults(version, [...path, "hours", i])),
    ...days.flatMap((entry, i) => dayFaults(entry, [...path, "days", i])),
    ...contradictions(hours, [...path, "hours"], () => "hours"),
    ...contradictions(places, [...path, "places"], () => "a place"),
    ...contradictions(days, [...path, "days"], (entry) => (isOpening(entry) ? "hours or a closure" : undefined)),
    ...contradictions(days, [...path, "days"], (entry) => (isDayOff(entry) ? "whether it is a holiday" : undefined)),
  ];
}

const isOpening = ({ closed, hours }: DayEntry) => closed !== undefined || hours !== undefined;
const isDayOff = ({ holiday, workday }: DayEntry) => holiday !== undefined || workday !== undefined;

function placeFaults(place: PlaceVersion, path: Path, rule: PlaceRule): readonly Fault[] {
  const fault = rule.fault(place);
  return [...rangeFaults(place, path), ...(fault ? [{ path: [...path, fault.key], text: fault.text }] : [])];
}

function rangeFaults(dated: Dated, path: Path): readonly Fault[] {
  const faults = (["on", "from", "to"] as const).flatMap((key) => {
    const date = dated[key];
    return date === undefined || isDate(date)
      ? []
      : [{ path: [...path, key], text: `there is no such date; from ${FIRST_DATE} to ${LAST_DATE}` }];
  });
  const { from, to } = rangeOf(dated);
  return from > to ? [...faults, { path, text: "from is after to" }] : faults;
}

function dayFaults(entry: DayEntry, path: Path): readonly Fault[] {
  const faults = [...rangeFaults(entry, path)];
  const hasRange = entry.from !== undefined || entry.to !== undefined;
  if (hasRange === (entry.on !== undefined)) faults.push({ path, text: "give either on, or from and to" });
  if (SAYINGS.every((key) => entry[key] === undefined))
    faults.push({ path, text: `says nothing; give ${SAYINGS.join(", ")}` });
  if (entry.closed !== undefined && entry.hours !== undefined) faults.push({ path, text: "is closed and has hours" });
  if (entry.holiday !== undefined && entry.workday) faults.push({ path, text: "is a holiday and none" });
  if (entry.hours !== undefined) faults.push(...hoursFaults(entry.hours, [...path, "hours"]));
  return faults;
}

function weekFaults(version: WeekVersion, path: Path): readonly Fault[] {
  const seen = new Set<number | "holiday">();
  const faults = [...rangeFaults(version, path)];
  for (const [key, hours] of Object.entries(version.week)) {
    const at = [...path, "week", key];
    const days = parseDays(key);
    if (!days) faults.push({ path: at, text: "not a day: write mon, mon-fri, sat,sun or holiday" });
    const named = [...(days?.weekdays ?? []), ...(days?.isHoliday ? (["holiday"] as const) : [])];
    if (named.some((day) => seen.has(day)))
      faults.push({ path: at, text: "names a day that another key of this week names" });
    for (const day of named) seen.add(day);
    faults.push(...hoursFaults(hours, at));
  }
  return faults;
}

function hoursFaults(hours: string | readonly string[], path: Path): readonly Fault[] {
  if (parseHours(hours)) return [];
  return [
    {
      path,
      text: 'not hours: write closed, "10:00-21:00", past midnight "18:00-02:00", or a list of spans that do not overlap',
    },
  ];
}

/** Two entries of one level that hold for the same dates and speak of the same: no rule could say which is meant. */
function contradictions<T extends Dated>(
  entries: readonly T[],
  path: Path,
  subject: (entry: T) => string | undefined,
): readonly Fault[] {
  const seen = new Map<string, number>();
  return entries.flatMap((entry, i) => {
    const about = subject(entry);
    if (about === undefined) return [];
    const { from, to } = rangeOf(entry);
    const first = seen.get(`${from} ${to}`);
    if (first === undefined) seen.set(`${from} ${to}`, i);
    const text = `says ${about} for the same dates as entry ${first} of this list (the first is 0)`;
    return first === undefined ? [] : [{ path: [...path, i], text }];
  });
}

function targetFaults(targets: readonly string[], path: Path): readonly Fault[] {
  return targets.flatMap((target, i) =>
    TARGET.test(target)
      ? []
      : [{ path: [...path, "targets", i], text: "not device/camera/target, as in cam-01/street/door" }],
  );
}

/** Who counts two doors would be counted twice in the store. */
function sharedTargets(doors: Readonly<Record<string, { readonly targets: readonly string[] }>>, path: Path) {
  const owner = new Map<string, string>();
  return Object.entries(doors).flatMap(([door, { targets }]) =>
    targets.flatMap((target, i) => {
      const other = owner.get(target);
      owner.set(target, other ?? door);
      const text = `counts the door ${other} already`;
      return other === undefined ? [] : [{ path: [...path, "doors", door, "targets", i], text }];
    }),
  );
}
