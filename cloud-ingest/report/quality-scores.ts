import { type DateRange, datesOf } from "../calendar.ts";
import { groupBy } from "../group-by.ts";
import type { DerivedRow } from "../warehouse/derived-port.ts";

/** More columns nobody reads; those that are believed least come first. */
const MOST_DEVICES = 40;

/** How far the counts of a store can be believed, by date; 0..1, undefined where no date was judged. */
export interface QualityScores {
  /** The newest first. */
  readonly dates: readonly string[];
  /** The mean of its devices, by date. */
  readonly store: readonly (number | undefined)[];
  readonly storeMean: number | undefined;
  /** The one that is believed least first. */
  readonly devices: readonly DeviceScores[];
  /** How many more there are. */
  readonly devicesLeft: number;
}

export interface DeviceScores {
  readonly deviceId: string;
  readonly scores: readonly (number | undefined)[];
  readonly mean: number | undefined;
}

/** Rows of `quality_score` as a table of dates and devices. */
export function qualityScoresOf(rows: readonly DerivedRow[], range: DateRange): QualityScores {
  const dates = datesOf(range).reverse();
  const devices = [...groupBy(rows, ({ deviceId }) => String(deviceId))].map(([deviceId, own]) => {
    const byDate = new Map(own.map(({ businessDate, score }) => [String(businessDate), Number(score)]));
    const scores = dates.map((date) => byDate.get(date));
    return { deviceId, scores, mean: meanOf(scores) };
  });
  devices.sort((a, b) => (a.mean ?? 1) - (b.mean ?? 1) || a.deviceId.localeCompare(b.deviceId));
  const store = dates.map((_, at) => meanOf(devices.map(({ scores }) => scores[at])));
  const [shown, left] = [devices.slice(0, MOST_DEVICES), Math.max(0, devices.length - MOST_DEVICES)];
  return { dates, store, storeMean: meanOf(store), devices: shown, devicesLeft: left };
}

function meanOf(scores: readonly (number | undefined)[]): number | undefined {
  const known = scores.filter((score): score is number => score !== undefined && Number.isFinite(score));
  return known.length > 0 ? known.reduce((sum, score) => sum + score, 0) / known.length : undefined;
}
