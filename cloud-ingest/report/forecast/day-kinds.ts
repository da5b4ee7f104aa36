import { addDays } from "../../calendar.ts";
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

/** The kinds of days of a store; undefined where none were told. */
export async function loadDayKinds(
  warehouse: Pick<DerivedStore, "derived">,
  { store, today }: { readonly store: StoreInfo; readonly today: string },
  wish?: ReadWish,
): Promise<DayKinds | undefined> {
  return dayKindsOf(await warehouse.derived("day_kind", store, { from: addDays(today, -DAYS), to: today }, wish));
}

/** What rows of `day_kind` say. */
export function dayKindsOf(rows: readonly DerivedRow[]): DayKinds | undefined {
  const [first] = rows;
  if (!first) return undefined;
  const kinds = new Map<number, DayKind>();
  for (const row of rows) {
    const id = Number(row.kind);
    const known = kinds.get(id) ?? { id, name: nameOf(row), days: 0, profile: profileOf(row) };
    kinds.set(id, { ...known, days: known.days + 1 });
  }
  const dates = rows.map((row) => ({ date: String(row.businessDate), kind: Number(row.kind), isOdd: row.isOdd === 1 }));
  return {
    runDate: String(first.runDate),
    kinds: [...kinds.values()].sort((a, b) => a.id - b.id),
    dates: dates.sort((a, b) => (a.date < b.date ? -1 : 1)),
  };
}

const nameOf = ({ nameEn, nameJa }: DerivedRow) => ({ en: String(nameEn), ja: String(nameJa) });

/** Nothing where the numbers are none of ours. */
function profileOf({ profile }: DerivedRow): readonly number[] {
  try {
    const value: unknown = JSON.parse(String(profile));
    const isOurs = Array.isArray(value) && value.length === HOURS && value.every((one) => Number.isFinite(one));
    return isOurs ? value.map(Number) : [];
  } catch {
    return [];
  }
}
