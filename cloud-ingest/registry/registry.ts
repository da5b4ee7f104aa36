import { AppError } from "../../firmware-config/kit/errors.ts";
import { safeLine } from "../../firmware-config/kit/safe-text.ts";
import { type CalendarEntry, type EntryBook, entryBook, entryPlace } from "./calendar-entry.ts";
import type { HolidaySource, Place } from "./holiday-port.ts";
import { inForce } from "./in-force.ts";
import { isJapanCovid } from "./masks/japan-covid.ts";
import { hoursText, type OpenSpan, parseDays, parseHours } from "./opening-hours.ts";
import type { DayEntry, Level, OpenSpell, PlaceVersion, RegistryConfig } from "./registry-config.ts";
import type { Decision, StoreDay } from "./store-day.ts";

/** One tenant's file, and where its parts stand. */
export interface RegistryFile {
  readonly file: string;
  readonly config: RegistryConfig;
  readonly lineOf: (path: readonly (string | number)[]) => number;
}

/** A store, or one of its doors. */
export interface StorePlace {
  readonly tenant: string;
  readonly store: string;
  readonly door?: string;
}

/** A door or an area. */
export interface RegistryDoor {
  readonly name: string;
  /** `device/camera/target`. */
  readonly targets: readonly string[];
  readonly isInner: boolean;
}

/** A level that may say something of a place, by entries of rows and in a file, with its path there. */
interface Source {
  readonly by: string;
  /** `tenant/store` of its entries; left out where it has none, as a door. */
  readonly place?: Pick<StorePlace, "tenant" | "store">;
  /** Left out for a tenant without one. */
  readonly file?: RegistryFile;
  readonly path: readonly string[];
  readonly level: Level;
}

const MASKS = {
  "japan-covid": { name: "COVID-19 state of emergency", country: "JP", holds: isJapanCovid },
} as const;

/** What is known of stores beside their counts: opening, holidays, events, shocks; each word with its place in a file. */
export class Registry {
  readonly #files: ReadonlyMap<string, RegistryFile>;
  readonly #holidays: Pick<HolidaySource, "holidays">;
  readonly #entries: EntryBook;
  readonly #years = new Map<string, ReadonlyMap<string, string>>();

  constructor(
    files: readonly RegistryFile[],
    holidays: Pick<HolidaySource, "holidays">,
    entries: EntryBook = new Map(),
  ) {
    this.#entries = entries;
    this.#files = new Map(files.map((file) => [file.config.tenant, file]));
    this.#holidays = holidays;
  }

  /** The same files, with what was said of single dates by rows. */
  with(entries: readonly CalendarEntry[]): Registry {
    return new Registry([...this.#files.values()], this.#holidays, entryBook(entries));
  }

  /** The doors and areas of a store with what counts them, `device/camera/target`. */
  doors({ tenant, store }: StorePlace): ReadonlyMap<string, readonly string[]> {
    const doors = this.#files.get(tenant)?.config.stores[store]?.doors ?? {};
    return new Map(Object.entries(doors).map(([name, door]) => [name, door.targets]));
  }

  /** The doors of a store with what the file says of them. */
  doorList({ tenant, store }: StorePlace): readonly RegistryDoor[] {
    const doors = this.#files.get(tenant)?.config.stores[store]?.doors ?? {};
    return Object.entries(doors).map(([name, { targets, inner }]) => ({ name, targets, isInner: inner === true }));
  }

  /** What holds on a business date; a place that the registry does not know is an ordinary one. Throws USAGE for an unknown door. */
  day(place: StorePlace, date: string): StoreDay {
    const sources = this.#sources(place);
    const decisions: Decision[] = [];
    const where = placeOn(sources, date, decisions);
    const holiday = this.#holidayOn(sources, where, date, decisions);
    const opening = this.#isOpen(place, date, decisions)
      ? this.#hoursOn(sources, date, holiday, decisions)
      : CLOSED_FOR_GOOD;
    const told = (what: "event" | "shock" | "moved") => saidOn(sources, date, what, decisions);
    const added = this.#eventsOn(sources, date, decisions);
    const [said, shocks, moves] = [told("event"), told("shock"), told("moved")];
    const masked = masksOn(sources, where, date, decisions);
    return {
      ...{ date, events: [...added, ...said], moves, shocks: [...shocks, ...masked], decisions },
      ...(opening && { hours: opening.hours }),
      ...(opening?.closed !== undefined && { closed: opening.closed }),
      ...(holiday !== undefined && { holiday }),
    };
  }

  /** From the lowest level to the highest. */
  #sources({ tenant, store, door }: StorePlace): readonly Source[] {
    const file = this.#files.get(tenant);
    const shop = file?.config.stores[store];
    if (door !== undefined && !shop?.doors?.[door]) throw noSuchDoor(door, Object.keys(shop?.doors ?? {}));
    const inFile = file ? { file } : {};
    const ofTenant = {
      ...{ by: `tenant ${tenant}`, place: { tenant, store: "" }, ...inFile, path: [] },
      level: file?.config ?? {},
    };
    const ofStore = {
      ...{ by: `store ${tenant}/${store}`, place: { tenant, store }, ...inFile, path: ["stores", store] },
      level: shop ?? {},
    };
    if (door === undefined) return [ofStore, ofTenant];
    const level = shop?.doors?.[door] ?? {};
    const path = ["stores", store, "doors", door];
    return [{ by: `door ${tenant}/${store}/${door}`, ...inFile, path, level }, ofStore, ofTenant];
  }

  #entriesOf({ place }: Source, date: string): readonly CalendarEntry[] {
    return place ? (this.#entries.get(entryPlace({ ...place, date })) ?? []) : [];
  }

  /** In each level what a row says of the date before what the file says. */
  #hoursOn(
    sources: readonly Source[],
    date: string,
    holiday: string | undefined,
    decisions: Decision[],
  ): Opening | undefined {
    for (const source of sources) {
      const entry = this.#entriesOf(source, date).find(({ closed, hours }) => closed !== undefined || hours);
      const opening = entry ? openingOfEntry(entry) : daysOf(source, date, decisions);
      if (!opening) continue;
      if (entry) decisions.push(entryDecision(source, entry, "hours", openingText(opening)));
      return opening;
    }
    return weekOn(sources, date, holiday, decisions);
  }

  #eventsOn(sources: readonly Source[], date: string, decisions: Decision[]): readonly string[] {
    return sources.flatMap((source) =>
      this.#entriesOf(source, date).flatMap((entry) => {
        const { event } = entry;
        if (event === undefined) return [];
        decisions.push(entryDecision(source, entry, "event", event));
        return [event];
      }),
    );
  }

  #isOpen({ tenant, store }: StorePlace, date: string, decisions: Decision[]): boolean {
    const file = this.#files.get(tenant);
    const spells: readonly OpenSpell[] | undefined = file?.config.stores[store]?.open;
    if (!file || !spells || inForce(spells, date).length > 0) return true;
    const at = { file: file.file, line: file.lineOf(["stores", store, "open"]) };
    decisions.push({ what: "open", says: "not open on this date", by: `store ${tenant}/${store}`, at });
    return false;
  }

  #holidayOn(
    sources: readonly Source[],
    where: Place | undefined,
    date: string,
    decisions: Decision[],
  ): string | undefined {
    for (const source of sources)
      for (const { entry, index } of inForce(source.level.days ?? [], date)) {
        if (entry.holiday === undefined && entry.workday !== true) continue;
        decisions.push(decisionOf(source, "holiday", entry.holiday ?? "an ordinary day here", ["days", index]));
        return entry.holiday;
      }
    if (!where) return undefined;
    const name = this.#ofYear(where, Number(date.slice(0, 4))).get(date);
    if (name !== undefined) decisions.push({ what: "holiday", says: name, by: `holidays of ${placeText(where)}` });
    return name;
  }

  #ofYear(place: Place, year: number): ReadonlyMap<string, string> {
    const key = `${placeText(place)} ${year}`;
    const known = this.#years.get(key) ?? this.#holidays.holidays(place, year, year);
    this.#years.set(key, known);
    return known;
  }
}

interface Opening {
  readonly hours: readonly OpenSpan[];
  readonly closed?: string;
}

const CLOSED_FOR_GOOD: Opening = { hours: [], closed: "not open on this date" };

const openingText = ({ hours, closed }: Opening) => (closed === undefined ? hoursText(hours) : `closed: ${closed}`);

function openingOfEntry({ closed, hours = [] }: CalendarEntry): Opening {
  return closed === undefined ? { hours } : { hours: [], closed };
}

/** Single dates go before weeks, the narrower before the wider. */
function daysOf(source: Source, date: string, decisions: Decision[]): Opening | undefined {
  for (const { entry, index } of inForce(source.level.days ?? [], date)) {
    const opening = openingOf(entry);
    if (!opening) continue;
    decisions.push(decisionOf(source, "hours", openingText(opening), ["days", index]));
    return opening;
  }
  return undefined;
}

/** A door before its store before its tenant. */
function weekOn(
  sources: readonly Source[],
  date: string,
  holiday: string | undefined,
  decisions: Decision[],
): Opening | undefined {
  for (const source of sources)
    for (const { entry, index } of inForce(source.level.hours ?? [], date)) {
      const { key, hours } = ofWeek(entry.week, date, holiday !== undefined);
      decisions.push(decisionOf(source, "hours", hoursText(hours), ["hours", index, "week", ...(key ? [key] : [])]));
      return { hours };
    }
  return undefined;
}

function openingOf({ closed, hours }: DayEntry): Opening | undefined {
  if (closed !== undefined) return { hours: [], closed };
  return hours === undefined ? undefined : { hours: parseHours(hours) ?? [] };
}

/** `holiday` goes before the day of the week; what is not named is closed. */
function ofWeek(week: Readonly<Record<string, string | string[]>>, date: string, isHoliday: boolean) {
  const weekday = new Date(date).getUTCDay();
  const keys = Object.keys(week);
  const key =
    (isHoliday ? keys.find((one) => parseDays(one)?.isHoliday) : undefined) ??
    keys.find((one) => parseDays(one)?.weekdays.has(weekday));
  return { key, hours: key === undefined ? [] : (parseHours(week[key] ?? "closed") ?? []) };
}

function placeOn(sources: readonly Source[], date: string, decisions: Decision[]): Place | undefined {
  for (const source of sources) {
    const [found] = inForce<PlaceVersion>(source.level.places ?? [], date);
    if (!found) continue;
    decisions.push(decisionOf(source, "place", placeText(found.entry), ["places", found.index]));
    return found.entry;
  }
  return undefined;
}

function saidOn(
  sources: readonly Source[],
  date: string,
  what: "event" | "shock" | "moved",
  decisions: Decision[],
): readonly string[] {
  return sources.flatMap((source) =>
    inForce(source.level.days ?? [], date).flatMap(({ entry, index }) => {
      // A move is of one date; the entry's range says when that was.
      const said = what === "moved" && (entry.on ?? entry.from) !== date ? undefined : entry[what];
      if (said === undefined) return [];
      decisions.push(decisionOf(source, what, said, ["days", index]));
      return [said];
    }),
  );
}

function masksOn(
  sources: readonly Source[],
  where: Place | undefined,
  date: string,
  decisions: Decision[],
): readonly string[] {
  const source = sources.find(({ level }) => level.masks !== undefined);
  return (source?.level.masks ?? []).flatMap((key) => {
    const { name, country, holds } = MASKS[key];
    if (!source || where?.country !== country || !holds(date, where.region)) return [];
    decisions.push(decisionOf(source, "shock", `${name} (${key})`, ["masks"]));
    return [name];
  });
}

function decisionOf(
  source: Source,
  what: Decision["what"],
  says: string,
  path: readonly (string | number)[],
): Decision {
  const { by, file, path: own } = source;
  return { what, says, by, ...(file && { at: { file: file.file, line: file.lineOf([...own, ...path]) } }) };
}

function entryDecision(
  source: Source,
  { key, version, by, at }: CalendarEntry,
  what: Decision["what"],
  says: string,
): Decision {
  return { what, says, by: source.by, row: { key, version, by, at } };
}

const placeText = ({ country, region }: Place) => (region === undefined ? country : `${country}-${region}`);

function noSuchDoor(door: string, doors: readonly string[]): AppError {
  const known = doors.length === 0 ? "The registry names no doors of this store." : `Doors: ${doors.join(", ")}.`;
  return new AppError(`There is no door ${safeLine(door)}`, { code: "USAGE", hint: known });
}
