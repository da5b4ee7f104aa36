import { addDays } from "../../calendar.ts";
import { groupBy } from "../../group-by.ts";
import type { DerivedRow, DerivedStore } from "../../warehouse/derived-port.ts";
import type { ReadWish, StoreInfo } from "../../warehouse/port.ts";
import { zoneOf } from "../../zone/rules.ts";
import { type DayKinds, loadDayKinds } from "./day-kinds.ts";

/** Why a day is as high as it is, in the order of the sum. */
export const CAUSES = ["level", "weekday", "season", "holiday", "event", "regressors", "other"] as const;
export type Cause = (typeof CAUSES)[number];

export interface Expected {
  readonly yhat: number;
  readonly lo80: number;
  readonly hi80: number;
}

/** Of a new place: dates of its own, and how many others lend their weekdays and season to it. */
export interface BorrowedBasis {
  readonly days: number;
  readonly from: number;
  /** True where these are of its own kind of week. */
  readonly isCluster: boolean;
}

/** What is expected of a date. */
export interface ExpectedDay extends Expected {
  readonly date: string;
  /** People that each cause adds; they add up to `yhat`. */
  readonly causes: readonly { readonly cause: Cause; readonly people: number; readonly name?: string }[];
  /** Regressors that it was foretold without, for there is no number of theirs for the date. */
  readonly missing: readonly string[];
  /** Part of the last four weeks that was counted, and part that is estimates. */
  readonly basis: { readonly known: number; readonly repaired: number; readonly borrowed?: BorrowedBasis };
  readonly model: string;
  readonly madeAt: string;
}

/** Why a date that is over was not as expected; people of all reasons add up to the difference. */
export interface PastReason {
  readonly reason: string;
  readonly people: number;
  readonly name?: string;
}

/** A date that is over beside what was expected of it. */
export interface PastDay extends Expected {
  readonly date: string;
  readonly counted: number;
  readonly missingHours: number;
  readonly repairedHours: number;
  readonly isUsual: boolean;
  readonly reasons: readonly PastReason[];
}

/** What is expected of a day under way, by the hours already counted. */
export interface ExpectedToday extends Expected {
  readonly date: string;
  /** People counted until `until`, a local time; undefined where the forecast is the morning's. */
  readonly counted?: number;
  readonly until?: string;
}

/** All that is foretold of a place and how it went. */
export interface PlaceForecast {
  /** Door, or `device/camera/line`; empty: the store. */
  readonly place: string;
  readonly today: ExpectedToday | undefined;
  /** From today on. */
  readonly days: readonly ExpectedDay[];
  readonly past: readonly PastDay[];
}

/** Whose weeks a place is alike. */
export interface PlaceCluster {
  readonly place: string;
  readonly cluster: number;
  readonly clusters: number;
  readonly name: { readonly en: string; readonly ja: string };
  readonly isOdd: boolean;
  readonly since: string;
  /** True where it was of another kind in the run before. */
  readonly hasMoved?: boolean;
}

export interface ForecastView {
  readonly places: readonly PlaceForecast[];
  /** Of the store and its doors, among those of all stores. */
  readonly clusters: readonly PlaceCluster[];
  /** Of the store's zones among themselves; left out: none. */
  readonly zones?: readonly PlaceCluster[];
  /** Left out: none were told. */
  readonly kinds?: DayKinds;
}

const PAST_DAYS = 14;
const AHEAD_DAYS = 14;
/** A run a week, and some that failed. */
const CLUSTER_DAYS = 35;

/** What is expected of a store in the next two weeks, how the last two went, whose weeks it is alike, and its kinds of days. */
export async function loadForecastView(
  warehouse: Pick<DerivedStore, "derived">,
  { store, now }: { readonly store: StoreInfo; readonly now: Date },
  wish?: ReadWish,
): Promise<ForecastView> {
  const today = zoneOf(store.timeZone).date(now.getTime());
  const range = { from: addDays(today, -PAST_DAYS), to: addDays(today, AHEAD_DAYS) };
  const rows = await warehouse.derived("forecast", store, range, wish);
  const underWay = await warehouse.derived("forecast_today", store, { from: today, to: today }, wish);
  const alike = await warehouse.derived("cluster", store, { from: addDays(today, -CLUSTER_DAYS), to: today }, wish);
  const kinds = await loadDayKinds(warehouse, { store, today }, wish);
  return {
    places: placesOf(rows, today, underWay),
    clusters: lastRun(alike).flatMap((row) => (row.level === "zone" ? [] : [clusterOf(row)])),
    zones: lastRun(alike).flatMap((row) => (row.level === "zone" ? [clusterOf(row)] : [])),
    ...(kinds && { kinds }),
  };
}

/** By place, the store first. */
export function placesOf(
  rows: readonly DerivedRow[],
  today: string,
  underWay: readonly DerivedRow[] = [],
): readonly PlaceForecast[] {
  return [...groupBy(rows, ({ place }) => String(place))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([place, own]) => {
      const of = (step: string) => own.filter((row) => row.step === step);
      const days = of("day").filter(({ businessDate }) => String(businessDate) >= today);
      return {
        place,
        days: days.map(dayOf),
        past: of("past").map(pastOf),
        today: todayOf(
          underWay.find((row) => row.place === place) ?? days.find(({ businessDate }) => businessDate === today),
        ),
      };
    });
}

const expectedOf = ({ yhat, lo80, hi80 }: DerivedRow): Expected => ({
  yhat: Number(yhat),
  lo80: Number(lo80),
  hi80: Number(hi80),
});

/** What a row says beside its numbers; nothing where it is not of our making. */
function partsOf({ parts }: DerivedRow): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(String(parts ?? "{}"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const numberOf = (value: unknown) => (typeof value === "number" && Number.isFinite(value) ? value : 0);

export function dayOf(row: DerivedRow): ExpectedDay {
  const { basis, named, missing, ...people } = partsOf(row);
  const { known, repaired, borrowed } = (basis ?? {}) as Readonly<Record<string, unknown>>;
  return {
    ...{ date: String(row.businessDate), ...expectedOf(row), model: String(row.model), madeAt: String(row.madeAt) },
    causes: CAUSES.flatMap((cause) => {
      const whole = { cause, people: numberOf(people[cause]) };
      return cause === "regressors" ? regressorsOf(whole.people, named) : [whole];
    }),
    missing: Array.isArray(missing) ? missing.map(String) : [],
    basis: { known: numberOf(known), repaired: numberOf(repaired), ...borrowedOf(borrowed) },
  };
}

/** Each by its name; what rounding left stands without one. */
function regressorsOf(whole: number, named: unknown): ExpectedDay["causes"] {
  const cause = "regressors" as const;
  const each = Object.entries(typeof named === "object" && named !== null ? named : {}).map(([name, people]) => {
    return { cause, people: numberOf(people), name };
  });
  const rest = whole - each.reduce((sum, { people }) => sum + people, 0);
  return each.length > 0 && Math.abs(rest) < 1 ? each : [{ cause, people: whole }];
}

function borrowedOf(value: unknown): { readonly borrowed?: BorrowedBasis } {
  if (typeof value !== "object" || value === null) return {};
  const { days, from, isCluster } = value as Readonly<Record<string, unknown>>;
  return { borrowed: { days: numberOf(days), from: numberOf(from), isCluster: isCluster === true } };
}

export function pastOf(row: DerivedRow): PastDay {
  const { counted, missingHours, repairedHours, isUsual, reasons } = partsOf(row);
  return {
    ...{ date: String(row.businessDate), ...expectedOf(row), isUsual: isUsual === true },
    ...{ counted: numberOf(counted), missingHours: numberOf(missingHours), repairedHours: numberOf(repairedHours) },
    reasons: Array.isArray(reasons) ? (reasons as PastReason[]) : [],
  };
}

function todayOf(row: DerivedRow | undefined): ExpectedToday | undefined {
  if (!row) return undefined;
  const { countedUntil, counted } = row;
  const soFar = typeof countedUntil === "string" ? { counted: numberOf(counted), until: countedUntil } : {};
  return { date: String(row.businessDate), ...expectedOf(row), ...soFar };
}

/** Rows of the newest run: a zone that is gone since has none. */
function lastRun(rows: readonly DerivedRow[]): readonly DerivedRow[] {
  const dates = rows.map(({ businessDate }) => String(businessDate)).sort();
  return rows.filter(({ businessDate }) => businessDate === dates.at(-1));
}

const clusterOf = (row: DerivedRow): PlaceCluster => ({
  ...{ place: String(row.place), cluster: Number(row.cluster), clusters: Number(row.clusters) },
  ...{ name: { en: String(row.nameEn), ja: String(row.nameJa) }, isOdd: row.isOdd === 1 },
  ...{ since: String(row.businessDate), hasMoved: row.movedFrom !== null && row.movedFrom !== undefined },
});
