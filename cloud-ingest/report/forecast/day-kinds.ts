import { addDays, isDate } from "../../calendar.ts";
import type { DerivedRow, DerivedStore } from "../../warehouse/derived-port.ts";
import type { ReadWish, StoreInfo } from "../../warehouse/port.ts";

/** One kind of day of a store. */
export interface DayKind {
  /** Kept from run to run. */
  readonly id: number;
  readonly name: { readonly en: string; readonly ja: string };
  /** Dates of the half year that are of it. */
  readonly days: number;
  /** People in by hour 0..23 on its mean date; empty where it cannot be read. */
  readonly profile: readonly number[];
}

/** Which kind a date was, and whether it differs from the others of its kind. */
export interface KindOfDate {
  readonly date: string;
  readonly kind: number;
  readonly isOdd: boolean;
}

/** The kinds of days of a store, as the last run found them. */
export interface DayKinds {
  /** The last date that the run looked at. */
  readonly runDate: string;
  /** By id. */
  readonly kinds: readonly DayKind[];
  /** By date; dates that were closed, repaired or not known whole are none of it. */
  readonly dates: readonly KindOfDate[];
}

/** The half year of a run, and runs that failed since. */
const DAYS = 182 + 35;
const HOURS = 24;
/** Larger ids no run gives (`../../cluster/match-ids.ts`). */
const MOST_ID = 1e6;
/** More people in an hour are no count. */
const MOST_PEOPLE = 1e9;

/** The kinds of days of a store; undefined where none were told. */
export async function loadDayKinds(
  warehouse: Pick<DerivedStore, "derived">,
  { store, today }: { readonly store: StoreInfo; readonly today: string },
  wish?: ReadWish,
): Promise<DayKinds | undefined> {
  return dayKindsOf(await warehouse.derived("day_kind", store, { from: addDays(today, -DAYS), to: today }, wish));
}

/** What rows of `day_kind` say; those that cannot be read (no dates, no kind, no name) are left out. */
export function dayKindsOf(rows: readonly DerivedRow[]): DayKinds | undefined {
  const read = rows.filter(isReadable).sort((a, b) => (String(a.businessDate) < String(b.businessDate) ? -1 : 1));
  const runDate = read
    .map((row) => String(row.runDate))
    .sort()
    .at(-1);
  if (runDate === undefined) return undefined;
  const kinds = new Map<number, DayKind>();
  for (const row of read) {
    const id = Number(row.kind);
    const known = kinds.get(id) ?? { id, name: nameOf(row), days: 0, profile: profileOf(row) };
    kinds.set(id, { ...known, days: known.days + 1 });
  }
  return {
    runDate,
    kinds: [...kinds.values()].sort((a, b) => a.id - b.id),
    dates: read.map((row) => ({ date: String(row.businessDate), kind: Number(row.kind), isOdd: row.isOdd === 1 })),
  };
}

function isReadable({ businessDate, runDate, kind, nameEn, nameJa }: DerivedRow): boolean {
  const areDates = [businessDate, runDate].every((date) => isDate(String(date)));
  return areDates && isId(kind) && [nameEn, nameJa].every((name) => typeof name === "string");
}

const isId = (kind: unknown) => Number.isInteger(kind) && Number(kind) >= 1 && Number(kind) <= MOST_ID;

const nameOf = ({ nameEn, nameJa }: DerivedRow) => ({ en: String(nameEn), ja: String(nameJa) });

/** Nothing where a number is no count of people. */
function profileOf({ profile }: DerivedRow): readonly number[] {
  try {
    const value: unknown = JSON.parse(String(profile));
    return Array.isArray(value) && value.length === HOURS && value.every(isPeople) ? value : [];
  } catch {
    return [];
  }
}

const isPeople = (value: unknown) => typeof value === "number" && value >= 0 && value <= MOST_PEOPLE;
