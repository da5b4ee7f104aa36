import { type DateRange, datesOf } from "../../calendar.ts";
import { closedHours, HOURS_OF_WEEK } from "../../cluster/closed-hours.ts";
import { FEWEST_DAYS } from "../../cluster/cluster-days.ts";
import type { ClusterReport, ClusterRow } from "../../cluster/report.ts";
import type { Panel } from "../../quality/panel.ts";
import type { DerivedRow } from "../../warehouse/derived-port.ts";
import type { ClusterThread } from "./cluster-job.ts";
import { HOURS_PER_DAY, type PlaceHours, type StoreHours } from "./store-hours.ts";

export interface DayKindTools {
  readonly thread: ClusterThread;
  readonly range: DateRange;
  /** Rows of `day_kind` of the run before. */
  readonly before: readonly DerivedRow[];
  readonly signal: AbortSignal;
}

/** Rows of `day_kind` of a store; none where too few whole days are known, or no line tells who comes into the store. */
export async function dayKindRows(
  { thread, range, before, signal }: DayKindTools,
  hours: StoreHours,
): Promise<readonly DerivedRow[]> {
  const own = hours.places.find(({ level }) => level === "store");
  if (!own) return [];
  const dates = datesOf(range);
  const values = wholeDays(own, dates, hours.calendar);
  const panel: Panel = {
    ...{ step: "hour", from: range.from, days: dates.length, notes: hours.calendar },
    ...{ names: [hours.store.store], values: [values] },
  };
  const series = before.map(({ businessDate, kind }) => {
    return { series: String(businessDate), cluster: Number(kind), silhouette: 0, distance: 0, isOdd: false };
  });
  const report = await thread.ask({ of: "days", panel, previous: { of: "days", series } }, signal);
  if (report.series.length < FEWEST_DAYS) return [];
  return rowsOf(report, { values, dates, hours, runDate: range.to });
}

/**
 * Hours of dates whose every hour can be believed, without those that were closed or under a shock; NaN for all others. Holidays and events
 * stay: they may be a kind of their own. In hours of the week that are hardly ever there nobody came.
 */
function wholeDays(
  { values, certainty }: PlaceHours,
  dates: readonly string[],
  calendar: StoreHours["calendar"],
): Float64Array {
  const isClosed = closedHours(values);
  const whole = new Float64Array(values.length).fill(Number.NaN);
  dates.forEach((date, day) => {
    const [from, to] = [day * HOURS_PER_DAY, (day + 1) * HOURS_PER_DAY];
    const own = values.subarray(from, to);
    const note = calendar.get(date);
    if (note?.isClosed || note?.shock || certainty.subarray(from, to).some((sure) => sure < 1)) return;
    if (own.every(Number.isNaN)) return;
    own.forEach((value, hour) => {
      const isEmpty = Number.isNaN(value) && isClosed[(from + hour) % HOURS_OF_WEEK] === 1;
      whole[from + hour] = isEmpty ? 0 : value;
    });
  });
  return whole;
}

interface Known {
  readonly values: Float64Array;
  readonly dates: readonly string[];
  readonly hours: StoreHours;
  readonly runDate: string;
}

function rowsOf(report: ClusterReport, { values, dates, hours: { store }, runDate }: Known): readonly DerivedRow[] {
  const kinds = new Map(
    report.clusters.map((one) => [one.id, { ...one.name, profile: JSON.stringify(meanDay(values, dates, one)) }]),
  );
  return report.series.map(({ series: businessDate, cluster: kind, silhouette, distance, isOdd }) => {
    const { en = "", ja = "", profile = "[]" } = kinds.get(kind) ?? {};
    return {
      ...{ tenant: store.tenant, store: store.store, businessDate, kind, nameEn: en, nameJa: ja, kinds: report.k },
      ...{ silhouette, distance, isOdd: isOdd ? 1 : 0, splitHalf: report.splitHalf ?? null, profile, runDate },
    };
  });
}

/** People by hour on the mean date of a kind, to a tenth; the hour that a clock skips counts as empty. */
function meanDay(values: Float64Array, dates: readonly string[], { members }: ClusterRow): readonly number[] {
  const days = members.map((date) => dates.indexOf(date));
  return Array.from({ length: HOURS_PER_DAY }, (_, hour) => {
    const sum = days.reduce((all, day) => all + (values[day * HOURS_PER_DAY + hour] || 0), 0);
    return Math.round((10 * sum) / Math.max(1, days.length)) / 10;
  });
}
