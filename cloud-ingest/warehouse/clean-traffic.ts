import { storeKey } from "../../firmware-config/contract/topics.ts";
import type { DateRange } from "../calendar.ts";
import { groupBy } from "../group-by.ts";
import type { DerivedRow, DerivedStore } from "./derived-port.ts";
import type { ReadWish, RowQuality, StoreInfo, TrafficRow, TrafficSpan, TrafficStore } from "./port.ts";

const HOUR_S = 3_600;
const MEASURES = ["in", "out", "visits"] as const;
const ZERO = { in: 0, out: 0, visits: 0, stops: 0, passersBy: 0, dwellS: 0, occupancyMean: 0, occupancyMax: 0 };

/**
 * The same counts with what the quality job says of them: hours and days hold what would have been counted where the count is not believed,
 * and say so. Such an hour counts as not watched; where nothing can be said it has no counts. Windows are as they came.
 */
export function cleanTraffic(
  warehouse: TrafficStore & Pick<DerivedStore, "derived" | "derivedOfStores">,
): TrafficStore {
  return {
    staleDates: (...asked) => warehouse.staleDates(...asked),
    windowDates: (...asked) => warehouse.windowDates(...asked),
    rollUp: (...asked) => warehouse.rollUp(...asked),
    windowsSum: (...asked) => warehouse.windowsSum(...asked),
    unreadableDates: (...asked) => warehouse.unreadableDates(...asked),
    devices: (...asked) => warehouse.devices(...asked),
    trafficOfStores: async (work, span, wish) => {
      const counted = new Map(
        (await warehouse.trafficOfStores(work, span, wish)).map(({ store, rows }) => [storeKey(store), rows]),
      );
      const said = groupBy(await warehouse.derivedOfStores("quality_hour", work, wish), storeKey);
      return work.flatMap(({ store }) => {
        const [rows, hours] = [counted.get(storeKey(store)) ?? [], said.get(storeKey(store)) ?? []];
        const clean = hours.length === 0 ? rows : overlay(rows, hours, span);
        return clean.length === 0 ? [] : [{ store, rows: clean }];
      });
    },
    traffic: async (store: StoreInfo, range: DateRange, span: TrafficSpan, wish?: ReadWish) => {
      const rows = await warehouse.traffic(store, range, span, wish);
      if (span === "window") return rows;
      const hours = await warehouse.derived("quality_hour", store, range, wish);
      return hours.length === 0 ? rows : overlay(rows, hours, span);
    },
  };
}

/** Rows with what is said of their hours; what is said of a span without a row makes one. */
function overlay(
  rows: readonly TrafficRow[],
  hours: readonly DerivedRow[],
  span: "hour" | "day",
): readonly TrafficRow[] {
  const said = new Map(groupBy(hours, (hour): string => `${keyOf(hour)} ${spanOf(hour, span)}`));
  const names = new Map(rows.map((row) => [keyOf(row), row.targetName]));
  const known = rows.map((row) => {
    const key = `${keyOf(row)} ${row.localStart}`;
    const own = said.get(key);
    said.delete(key);
    return own ? corrected(row, own, span) : row;
  });
  const made = [...said.values()].flatMap((own) => {
    const [first] = own;
    return first && own.some(isRepaired) ? [corrected(emptyRow(first, span, names), own, span)] : [];
  });
  if (made.length === 0) return known;
  return [...known, ...made].sort((a, b) => (a.localStart < b.localStart ? -1 : a.localStart > b.localStart ? 1 : 0));
}

function corrected(row: TrafficRow, hours: readonly DerivedRow[], span: "hour" | "day"): TrafficRow {
  const repaired = hours.filter(isRepaired);
  const told = repaired.length > 0 ? repaired : hours;
  const quality: RowQuality = {
    kind: kindOf(repaired),
    rules: [...new Set(told.map(({ rule }) => String(rule)))].sort(),
    hours: new Set(told.map(({ localStart }) => localStart)).size,
  };
  if (repaired.length === 0) return { ...row, quality };
  const counts = Object.fromEntries(MEASURES.map((measure) => [measure, countOf(row, repaired, { measure, span })]));
  const lostS = span === "hour" ? row.spanS : quality.hours * HOUR_S;
  return { ...row, ...counts, observedS: Math.max(0, row.observedS - lostS), quality };
}

function kindOf(repaired: readonly DerivedRow[]): RowQuality["kind"] {
  if (repaired.length === 0) return "explained";
  return repaired.some(({ clean }) => clean !== null) ? "repaired" : "lost";
}

interface Count {
  readonly measure: (typeof MEASURES)[number];
  readonly span: "hour" | "day";
}

/** Whole persons; of a day, its own count moved by what its hours were repaired by. */
function countOf(row: TrafficRow, hours: readonly DerivedRow[], { measure, span }: Count): number {
  const own = hours.filter((hour) => hour.measure === measure);
  if (own.length === 0) return row[measure];
  const clean = own.reduce((sum, hour) => sum + Math.round(Number(hour.clean ?? 0)), 0);
  if (span === "hour") return clean;
  const raw = own.reduce((sum, hour) => sum + Number(hour.raw ?? 0), 0);
  return Math.max(0, Math.round(row[measure] + clean - raw));
}

function emptyRow(hour: DerivedRow, span: "hour" | "day", names: ReadonlyMap<string, string>): TrafficRow {
  const targetId = String(hour.targetId);
  return {
    ...{ deviceId: String(hour.deviceId), cameraId: String(hour.cameraId), targetId },
    targetKind: hour.targetKind === "zone" ? "zone" : "line",
    targetName: names.get(keyOf(hour)) ?? targetId,
    ...{ businessDate: String(hour.businessDate), localStart: spanOf(hour, span) },
    ...{ spanS: span === "hour" ? HOUR_S : 24 * HOUR_S, ...ZERO, observedS: 0 },
  };
}

const isRepaired = ({ kind }: DerivedRow) => kind === "device";

const spanOf = (hour: DerivedRow, span: "hour" | "day") =>
  span === "hour" ? String(hour.localStart) : `${hour.businessDate}T00:00:00`;

type Key = Pick<TrafficRow, "deviceId" | "cameraId" | "targetKind" | "targetId"> | DerivedRow;

const keyOf = (row: Key) => `${row.deviceId}/${row.cameraId}/${row.targetKind}/${row.targetId}`;
