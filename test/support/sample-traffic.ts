import { addDays } from "../../cloud-ingest/calendar.ts";
import { groupBy } from "../../cloud-ingest/group-by.ts";
import { sumTally } from "../../cloud-ingest/report/tally.ts";
import { targetKeyOf } from "../../cloud-ingest/report/targets.ts";
import type { DeviceStatus, StoreInfo, TrafficRow } from "../../cloud-ingest/warehouse/port.ts";

/** A shop in Tokyo. */
export const tokyoStore: StoreInfo = {
  tenant: "acme",
  store: "ginza",
  name: "アクメ 銀座店",
  timeZone: "Asia/Tokyo",
};

/** A row with zeros where nothing is given. */
export function trafficRow(row: Partial<TrafficRow>): TrafficRow {
  const localStart = row.localStart ?? "2026-11-23T10:00:00";
  return {
    ...{ deviceId: "cam-01", cameraId: "front", targetKind: "line", targetId: "door", targetName: "正面入口" },
    ...{ businessDate: localStart.slice(0, 10), localStart, spanS: 3600 },
    ...{ in: 0, out: 0, visits: 0, stops: 0, passersBy: 0, dwellS: 0 },
    ...{ occupancyMean: 0, occupancyMax: 0, observedS: row.spanS ?? 3600 },
    ...row,
  };
}

const SHAPE = [18, 31, 52, 47, 38, 44, 57, 78, 64, 29] as const;
const DAY_FACTOR = [1.5, 0.8, 0.75, 0.82, 0.9, 1.15, 1.7] as const;

/** A small repeatable wave instead of chance, 0.9..1.1. */
function wave(seed: number): number {
  return 1 + 0.1 * Math.sin(seed * 12.9898);
}

/** One day from 10 to 20 h: two entrances and a shelf; 13 h is missing on `gapDate`, 14 h was half watched. */
export function shopDay(date: string, gapDate?: string): readonly TrafficRow[] {
  const factor = DAY_FACTOR[new Date(date).getUTCDay()] ?? 1;
  return SHAPE.flatMap((base, index) => {
    const hour = 10 + index;
    if (date === gapDate && hour === 13) return [];
    const share = date === gapDate && hour === 14 ? 0.52 : 1;
    const seed = Date.parse(date) / 86_400_000 + hour;
    return shopHour({ date, hour, people: base * factor * share * wave(seed), share });
  });
}

interface ShopHour {
  readonly date: string;
  readonly hour: number;
  readonly people: number;
  readonly share: number;
}

function shopHour({ date, hour, people, share }: ShopHour): readonly TrafficRow[] {
  const base = { localStart: `${date}T${String(hour).padStart(2, "0")}:00:00`, observedS: Math.round(3600 * share) };
  const side = { deviceId: "cam-02", cameraId: "side" };
  const visits = Math.round(people * 0.6);
  const stops = Math.round(people * 0.22);
  return [
    trafficRow({ ...base, in: Math.round(people), out: Math.round(people * (hour > 15 ? 1.08 : 0.86)) }),
    trafficRow({
      ...{ ...base, ...side, targetId: "side-door", targetName: "地下鉄側入口 Subway entrance" },
      ...{ in: Math.round(people * 0.4), out: Math.round(people * 0.42) },
    }),
    trafficRow({
      ...{ ...base, ...side, targetKind: "zone", targetId: "shelf", targetName: "新商品コーナー", visits, stops },
      ...{ passersBy: visits - stops, dwellS: visits * 14.2, occupancyMean: people / 40, occupancyMax: 5 },
    }),
  ];
}

/** Hours of many days up to and including `last`. */
export function shopHours(last: string, days: number, gapDate?: string): readonly TrafficRow[] {
  return Array.from({ length: days }, (_, back) => shopDay(addDays(last, back - days + 1), gapDate)).flat();
}

/** Their days. */
export function shopDays(last: string, days: number): readonly TrafficRow[] {
  return added(shopHours(last, days), 86_400, (row) => `${row.businessDate}T00:00:00`);
}

/** Hours of windows, on days without a clock change. */
export function hoursOf(windows: readonly TrafficRow[]): readonly TrafficRow[] {
  return added(windows, 3600, (row) => `${row.localStart.slice(0, 13)}:00:00`);
}

function added(
  rows: readonly TrafficRow[],
  spanS: number,
  startOf: (row: TrafficRow) => string,
): readonly TrafficRow[] {
  const groups = groupBy(rows, (row) => `${targetKeyOf(row)} ${startOf(row)}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ ...first, ...sumTally(group), localStart: startOf(first), spanS }] : [];
  });
}

/** 80 seconds of 10-second windows of one line and one zone, as the demo makes them. */
export function demoWindows(start = "2026-11-23T14:02:30"): readonly TrafficRow[] {
  const counts = [2, 1, 3, 0, 4, 2, 1, 2] as const;
  return counts.flatMap((count, index) => {
    const localStart = new Date(Date.parse(`${start}Z`) + index * 10_000).toISOString().slice(0, 19);
    const base = { localStart, spanS: 10, observedS: 10, deviceId: "demo", cameraId: "video" };
    const zone = { targetKind: "zone", targetId: "square", targetName: "Square" } as const;
    return [
      trafficRow({ ...base, targetId: "street", targetName: "Street", in: count, out: counts[7 - index] ?? 0 }),
      trafficRow({ ...base, ...zone, visits: count, stops: count > 2 ? 1 : 0, dwellS: count * 6.5, occupancyMax: 4 }),
    ];
  });
}

/** Devices of the sample shop; the second one has been silent for two hours at 2026-11-23 20:30 in Tokyo. */
export const shopDevices: readonly DeviceStatus[] = [
  {
    ...{ deviceId: "cam-01", online: true, lastSeenAt: "2026-11-23T11:29:40Z" },
    ...{ agentVersion: "0.1.0", modelName: "ssdlite-mobilenet-v2" },
  },
  {
    ...{ deviceId: "cam-02", online: true, lastSeenAt: "2026-11-23T09:21:00Z" },
    ...{ agentVersion: "0.1.0", modelName: "ssdlite-mobilenet-v2" },
  },
];
