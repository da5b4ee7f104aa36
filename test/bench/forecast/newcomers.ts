import { clusterSeries } from "../../../cloud-ingest/cluster/cluster-series.ts";
import { until } from "../../../cloud-ingest/forecast/backtest.ts";
import { combined } from "../../../cloud-ingest/forecast/combine/combined.ts";
import { groupOf } from "../../../cloud-ingest/forecast/combine/horizon-group.ts";
import { boundsOf } from "../../../cloud-ingest/forecast/combine/intervals.ts";
import { daysBefore, makeDays } from "../../../cloud-ingest/forecast/days/make-days.ts";
import { fitChampion } from "../../../cloud-ingest/forecast/fit.ts";
import { OUR_MEMBERS } from "../../../cloud-ingest/forecast/members/all.ts";
import { calendarFit } from "../../../cloud-ingest/forecast/members/calendar-fit.ts";
import { nearestCluster } from "../../../cloud-ingest/forecast/nearest-cluster.ts";
import { BORROW, type BorrowOptions, borrowedTotals, lendersOf } from "../../../cloud-ingest/forecast/newcomers.ts";
import type { Champion, Days, Family } from "../../../cloud-ingest/forecast/port.ts";
import { youngErrors } from "../../../cloud-ingest/forecast/young-errors.ts";
import type { Panel } from "../../../cloud-ingest/quality/panel.ts";
import { type BenchSet, dailySets, hourlySets } from "./sets.ts";

const HORIZON = 28;
const ORIGINS = 6;
/** No multiple of a week: shops open on any weekday. */
const EVERY = 26;
/** Dates that a newcomer has. */
export const KNOWN = [2, 7, 14, 28] as const;
export const MEMBERS = OUR_MEMBERS.filter(({ name }) => name !== "boosted-trees");

/** One series at one origin, cut to its last dates, with all that is asked of it. */
interface Case {
  readonly known: number;
  readonly series: number;
  readonly days: Days;
  readonly totals: readonly Float64Array[];
  readonly families: readonly Family[] | undefined;
  readonly truth: Float64Array;
  /** Of seasonal naive on the whole series before the origin. */
  readonly scale: number;
  readonly champion: Champion;
}

/** Each series of a set in turn is cut to its last days and foretold by the others, which are as they were; without trees. */
export async function newcomerCases(set: BenchSet, hours: Panel | undefined): Promise<Case[]> {
  const { panel } = set;
  const context = { calendars: [panel.notes] };
  const cases: Case[] = [];
  for (let k = 0; k < ORIGINS; k++) {
    const origin = panel.days - HORIZON - EVERY * k;
    const history = until(panel, origin);
    const champion = await fitChampion(history, context, { horizonDays: HORIZON, members: MEMBERS });
    const all = makeDays(history, context, HORIZON);
    const whole = daysBefore(all, origin);
    const totals = await totalsOf(whole, champion);
    const clusters = hours && clustersOf(until(hours, origin));
    for (let series = 0; series < panel.names.length; series++)
      for (const known of KNOWN) {
        const own = cutTo(panel.values[series]!.subarray(0, origin), known);
        if (!own) continue;
        const values = whole.values.map((one, i) => (i === series ? own : one));
        const weights = whole.weights.map((one, i) => (i === series ? own.map((v) => (Number.isNaN(v) ? 0 : 1)) : one));
        const days = { ...whole, values, weights };
        const alone = {
          ...days,
          names: ["new"],
          values: [own],
          weights: [weights[series]!],
          dates: [days.dates[series]!],
        };
        const [mine] = await totalsOf(alone, champion);
        cases.push({
          ...{ known, series, days, champion, totals: totals.map((one, i) => (i === series ? mine! : one)) },
          families: hours && clusters && familiesOf(until(hours, origin), clusters, { series, known }),
          truth: panel.values[series]!.subarray(origin, origin + HORIZON),
          scale: naiveScale(panel.values[series]!.subarray(0, origin)),
        });
      }
  }
  return cases;
}

export async function totalsOf(days: Days, champion: Champion, horizon = HORIZON): Promise<Float64Array[]> {
  const said = await Promise.all(
    MEMBERS.map((member) => member.load(champion.members[member.name]).predict(days, horizon)),
  );
  return days.names.map((name, i) => {
    return combined(
      said.map((all) => all[i]!),
      champion.series[name] ?? champion.pooled,
      calendarFit(days, i).offset,
    );
  });
}

export function cutTo(values: Float64Array, known: number): Float64Array | undefined {
  const from = values.length - known;
  if (values.subarray(from).filter(Number.isFinite).length < known) return undefined;
  return values.map((value, day) => (day >= from ? value : Number.NaN));
}

const naiveScale = (values: Float64Array) => {
  const steps = values.map((value, day) => Math.abs(value - (values[day - 7] ?? Number.NaN))).filter(Number.isFinite);
  return steps.reduce((sum, step) => sum + step, 0) / steps.length;
};

export function clustersOf(hours: Panel | ReturnType<typeof until>): ReadonlyMap<string, number> {
  const report = clusterSeries({ ...(hours as Panel), notes: new Map() });
  return new Map(report.series.map(({ series, cluster }) => [series, cluster]));
}

export function familiesOf(
  hours: ReturnType<typeof until>,
  clusters: ReadonlyMap<string, number>,
  { series, known }: { series: number; known: number },
): readonly Family[] {
  const cut = hours.values.map((values, i) =>
    i === series ? values.map((value, slot) => (slot >= values.length - known * 24 ? value : Number.NaN)) : values,
  );
  const families = hours.names.map((name, i): Family => {
    const cluster = i === series ? undefined : clusters.get(name);
    return { level: "", ...(cluster !== undefined && { cluster }) };
  });
  const own = nearestCluster({ values: cut }, families, series);
  return families.map((family, i) => (i === series && own !== undefined ? { ...family, cluster: own } : family));
}

/** Mean absolute scaled errors by way, and the part of all dates, borrowed or not, within the interval of 80 %. */
export interface NewcomerScore {
  readonly known: number;
  readonly cases: number;
  readonly naive: number;
  readonly alone: number;
  readonly all: number;
  readonly cluster: number;
  readonly inside: number;
  /** Mean width of that interval over the mean count. */
  readonly width: number;
  /** Cases that borrowed. */
  readonly borrowed: number;
}

export function scoreCases(cases: readonly Case[], options: BorrowOptions = BORROW): NewcomerScore[] {
  return KNOWN.map((known) => {
    const sums = { naive: 0, alone: 0, all: 0, cluster: 0 };
    let [count, inside, dates, width, people, borrowed] = [0, 0, 0, 0, 0, 0];
    for (const one of cases.filter((each) => each.known === known)) {
      const { days, totals, series, families, truth, scale, champion } = one;
      const by = (some: readonly Family[] | undefined) => {
        const lenders = lendersOf(days, some)[series];
        const taken = lenders && borrowedTotals(series, lenders, { days, totals, options });
        return { isBorrowed: taken !== undefined, yhat: taken ?? totals[series]! };
      };
      const [all, near] = [by(undefined), by(families)];
      const errors = {
        naive: errorOf(naive(days.values[series]!), truth),
        alone: errorOf(totals[series]!, truth),
        all: errorOf(all.yhat, truth),
        cluster: errorOf(near.yhat, truth),
      };
      if (!Number.isFinite(errors.naive) || !(scale > 0)) continue;
      for (const way of ["naive", "alone", "all", "cluster"] as const) sums[way] += errors[way] / scale;
      count++;
      borrowed += near.isBorrowed ? 1 : 0;
      near.yhat.forEach((value, h) => {
        if (!(truth[h]! >= 0)) return;
        const own = youngErrors(champion.pooled.dayErrors[groupOf(h)]!, { known });
        const { lo80, hi80 } = boundsOf(value, own, calendarFit(days, series).offset);
        dates++;
        inside += truth[h]! >= lo80 && truth[h]! <= hi80 ? 1 : 0;
        width += hi80 - lo80;
        people += truth[h]!;
      });
    }
    const mean = (way: keyof typeof sums) => sums[way] / count;
    return {
      ...{
        known,
        cases: count,
        naive: mean("naive"),
        alone: mean("alone"),
        all: mean("all"),
        cluster: mean("cluster"),
      },
      inside: inside / dates,
      width: width / people,
      borrowed,
    };
  });
}

/** The same weekday of the last week, or the mean of what is known where there is none. */
function naive(values: Float64Array): Float64Array {
  const known = values.filter(Number.isFinite);
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return Float64Array.from({ length: HORIZON }, (_, h) => {
    const day = values.length - 7 + (h % 7);
    return Number.isNaN(values[day]!) ? mean : values[day]!;
  });
}

function errorOf(yhat: Float64Array, truth: Float64Array): number {
  let [sum, count] = [0, 0];
  truth.forEach((value, h) => {
    if (!(value >= 0)) return;
    sum += Math.abs(value - yhat[h]!);
    count++;
  });
  return sum / count;
}

/** The sets with more than one series, and their hours where they have them. */
export function newcomerSets(folder: string): { readonly set: BenchSet; readonly hours: Panel | undefined }[] {
  const hours = hourlySets(folder);
  const [four, fukui, later, earlier] = dailySets(folder);
  return [
    { set: four!, hours: hours[0]!.panel },
    { set: fukui!, hours: undefined },
    { set: later!, hours: hours[1]!.panel },
    { set: earlier!, hours: hours[2]!.panel },
  ];
}

/** A table by set and dates known. */
export async function newcomerLines(folder: string): Promise<string[]> {
  const lines = [
    "set                                  dates  cases  naive  alone  all others  cluster  in 80 %  width  borrowed",
  ];
  for (const { set, hours } of newcomerSets(folder))
    for (const { known, cases, naive, alone, all, cluster, inside, width, borrowed } of scoreCases(
      await newcomerCases(set, hours),
    ))
      lines.push(
        `${set.name.padEnd(36)} ${String(known).padStart(5)} ${String(cases).padStart(6)}  ${naive.toFixed(3)}  ${alone.toFixed(3)}       ${all.toFixed(3)}    ${cluster.toFixed(3)}    ${inside.toFixed(3)}   ${width.toFixed(2)}  ${String(borrowed).padStart(8)}`,
      );
  return lines;
}
