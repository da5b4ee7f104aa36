import { addDays } from "../calendar.ts";
import { type Panel, SLOTS } from "../quality/panel.ts";
import { adjustedRandIndex } from "./agreement.ts";
import { chooseK } from "./choose-k.ts";
import type { ClusterOptions } from "./cluster-series.ts";
import { compose } from "./compose.ts";
import { type Name, numbered } from "./names.ts";
import { nearest, partitionOf } from "./partition.ts";
import { weekdayOf } from "./profile.ts";
import type { ClusterReport } from "./report.ts";

/** Fewer people leave the hours of a date to chance. */
const FEWEST_PEOPLE = 50;
/** Fewer dates show no kinds of days. */
export const FEWEST_DAYS = 28;
const SEEDS = 10;
/** More kinds than weekday, Friday, Saturday, Sunday and holiday no calendar shows apart. */
export const MOST_KINDS = 5;
const EN = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const JA = "月火水木金土日";
/** A weekday is named where more of its dates lie in the cluster than elsewhere. */
const MOST_OF = 0.5;

/**
 * At most five kinds of days of one series, by the shares of their 24 hours. Only dates whose hours are all known are looked at. Stable are
 * kinds that two halves of the dates (even and odd weeks), each on its own, find alike for all dates.
 */
export function clusterDays(
  panel: Panel,
  index: number,
  { previous, onDone, isBrief }: ClusterOptions = {},
): ClusterReport {
  const days = Array.from({ length: panel.days }, (_, day) => ({
    date: addDays(panel.from, day),
    point: dayProfile(panel, index, day),
  }));
  const fit = days.flatMap(({ date, point }) => (typeof point === "string" ? [] : [{ date, point }]));
  const leftOut = days.flatMap(({ date, point }) =>
    typeof point === "string" ? [{ series: date, reason: point }] : [],
  );
  const points = fit.map(({ point }) => point);
  const week = ({ date }: { readonly date: string }) => Math.floor((Date.parse(date) / 86_400_000 + 3) / 7) % 2;
  const halves = [0, 1].map((half) => fit.filter((one) => week(one) === half).map(({ point }) => point));
  const agree = (k: number) => {
    if (points.length < FEWEST_DAYS || halves.some((half) => half.length < k)) return 0;
    const [even, odd] = halves.map((half) => nearest(points, partitionOf(half, k, SEEDS).centroids));
    return adjustedRandIndex(even ?? [], odd ?? []);
  };
  const choice = chooseK(points, agree, { onDone, isBrief, mostClusters: MOST_KINDS, seeds: SEEDS });
  const dates = fit.map(({ date }) => date);
  const clusterNames = dayNames(panel, dates, choice.partition.labels, choice.partition.centroids.length);
  return compose({ of: "days", names: dates, points, choice, clusterNames, leftOut, previous });
}

function dayProfile(panel: Panel, index: number, day: number): number[] | string {
  const hours = panel.values[index]?.subarray(day * SLOTS.hour, (day + 1) * SLOTS.hour) ?? [];
  const unknown = hours.filter((value) => !Number.isFinite(value)).length;
  // On the date that a clock is put forward one hour is not there.
  if (unknown > 1) return "hours are not known";
  if (hours.some((value) => value < 0)) return "negative counts";
  const values = Array.from(hours, (value) => (Number.isFinite(value) ? value : 0));
  const total = values.reduce((sum, value) => sum + value, 0);
  return total < FEWEST_PEOPLE ? "too few people" : values.map((value) => Math.sqrt(value / total));
}

/** By the weekdays and holidays that lie mostly in each. */
function dayNames(panel: Panel, dates: readonly string[], labels: readonly number[], k: number): Name[] {
  const kinds = dates.map((date) => (panel.notes.get(date)?.holiday ? "holiday" : weekdayOf(date)));
  const named = Array.from({ length: k }, (_, label) => {
    const isMostly = (kind: string | number) => {
      const all = kinds.filter((one) => one === kind).length;
      const here = kinds.filter((one, at) => one === kind && labels[at] === label).length;
      return all > 0 && here / all > MOST_OF;
    };
    const weekdays = EN.map((_, weekday) => weekday).filter(isMostly);
    const hasHolidays = isMostly("holiday");
    if (weekdays.length === 0 && !hasHolidays) return { en: "other days", ja: "その他の日" };
    const en = [
      ...stretches(weekdays).map((one) => one.map((day) => EN[day]).join("-")),
      ...(hasHolidays ? ["holidays"] : []),
    ];
    const ja = [
      ...stretches(weekdays).map((one) => one.map((day) => JA[day]).join("〜")),
      ...(hasHolidays ? ["祝日"] : []),
    ];
    return { en: en.join(", "), ja: ja.join("・") };
  });
  return numbered(named);
}

/** Runs of three and more weekdays as their ends; others one by one. */
function stretches(weekdays: readonly number[]): number[][] {
  const runs: number[][] = [];
  for (const day of weekdays) {
    const run = runs.at(-1);
    if (run && (run.at(-1) ?? 0) + 1 === day) run.push(day);
    else runs.push([day]);
  }
  return runs.flatMap((run) => (run.length >= 3 ? [[run[0] ?? 0, run.at(-1) ?? 0]] : run.map((day) => [day])));
}
