import { until } from "../../../cloud-ingest/forecast/backtest.ts";
import { boundsOf } from "../../../cloud-ingest/forecast/combine/intervals.ts";
import { daysBefore, makeDays } from "../../../cloud-ingest/forecast/days/make-days.ts";
import { fitChampion } from "../../../cloud-ingest/forecast/fit.ts";
import { borrowedProfiles, LENT_DATES } from "../../../cloud-ingest/forecast/hourly/borrowed-profiles.ts";
import { hourOffset, hoursAhead } from "../../../cloud-ingest/forecast/hourly/hours-ahead.ts";
import { type Profiles, profilesOf } from "../../../cloud-ingest/forecast/hourly/profile.ts";
import { calendarFit } from "../../../cloud-ingest/forecast/members/calendar-fit.ts";
import { borrowedTotals, lendersOf } from "../../../cloud-ingest/forecast/newcomers.ts";
import type { Champion, Days } from "../../../cloud-ingest/forecast/port.ts";
import { youngErrors } from "../../../cloud-ingest/forecast/young-errors.ts";
import { clustersOf, cutTo, familiesOf, KNOWN, MEMBERS, totalsOf } from "./newcomers.ts";
import { type BenchSet, hourlySets } from "./sets.ts";

const HORIZON_DAYS = 7;
const HOURS = 24;
/** Dates behind the last origin: those of the bench by date. */
const BEHIND = 28;
const ORIGINS = 4;
const EVERY = 26;
/** Tried, the one in force among them; 1e-6 is own hours alone wherever the weekday was seen. */
const TRIED = [1e-6, 0.1, LENT_DATES, 0.5, 1, 2] as const;

interface HourCase {
  readonly known: number;
  readonly days: Days;
  readonly series: number;
  readonly totals: Float64Array;
  readonly own: Profiles;
  /** By what is tried; undefined where nothing is borrowed. */
  readonly borrowed: readonly (readonly Float64Array[])[] | undefined;
  readonly truth: Float64Array;
  /** Of seasonal naive, 168 hours. */
  readonly scale: number;
  readonly champion: Champion;
}

/** Each series of an hourly set in turn, cut to its last dates and foretold a week ahead by those that are like it; without trees. */
async function hourCases({ panel }: BenchSet): Promise<HourCase[]> {
  const context = { calendars: [panel.notes] };
  const cases: HourCase[] = [];
  for (let k = 0; k < ORIGINS; k++) {
    const origin = panel.days - BEHIND - EVERY * k;
    const history = until(panel, origin);
    const champion = await fitChampion(history, context, { horizonDays: HORIZON_DAYS, members: MEMBERS });
    const whole = daysBefore(makeDays(history, context, HORIZON_DAYS), origin);
    const all = await totalsOf(whole, champion, HORIZON_DAYS);
    const clusters = clustersOf(history);
    for (let series = 0; series < panel.names.length; series++)
      for (const known of KNOWN) {
        const dates = cutTo(whole.values[series]!, known);
        if (!dates) continue;
        const values = whole.values.map((one, i) => (i === series ? dates : one));
        const weights = whole.weights.map((one, i) =>
          i === series ? dates.map((v) => (Number.isNaN(v) ? 0 : 1)) : one,
        );
        const days = { ...whole, values, weights };
        const alone = {
          ...{ ...days, names: ["new"], values: [dates], weights: [weights[series]!] },
          dates: [days.dates[series]!],
        };
        const [mine] = await totalsOf(alone, champion, HORIZON_DAYS);
        const totals = all.map((one, i) => (i === series ? mine! : one));
        const hours = history.values.map((one, i) =>
          i === series ? one.map((value, slot) => (slot < (origin - known) * HOURS ? Number.NaN : value)) : one,
        );
        const lenders = lendersOf(days, familiesOf(history, clusters, { series, known }))[series];
        const taken = lenders && borrowedTotals(series, lenders, { days, totals });
        const own = profilesOf({ values: hours }, { series, origin, ahead: HORIZON_DAYS, dates: days.dates[series]! });
        const by = { history: { values: hours }, days, series };
        cases.push({
          ...{ known, days, series, champion, own, totals: taken ?? mine! },
          borrowed:
            lenders && taken
              ? TRIED.map((lentDates) => borrowedProfiles(own, { ...by, lenders, lentDates }))
              : undefined,
          truth: panel.values[series]!.subarray(origin * HOURS, (origin + HORIZON_DAYS) * HOURS),
          scale: meanOf(
            history.values[series]!.map((value, slot, of) => Math.abs(value - (of[slot - 168] ?? Number.NaN))),
          ),
        });
      }
  }
  return cases;
}

function meanOf(values: Iterable<number>): number {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}

const hoursOf = ({ totals }: HourCase, profiles: readonly Float64Array[]) => hoursAhead(totals, profiles);

const maseOf = (one: HourCase, profiles: readonly Float64Array[]) => {
  const hours = hoursOf(one, profiles);
  return meanOf(one.truth.map((value, slot) => Math.abs(value - hours[slot]!))) / one.scale;
};

/** Of the interval of 80 % of hours, as in force. */
function coverage(cases: readonly HourCase[]): { inside: number; width: number } {
  let [inside, count, width, people] = [0, 0, 0, 0];
  for (const one of cases) {
    const offset = hourOffset(calendarFit(one.days, one.series).offset);
    hoursOf(one, one.borrowed?.[TRIED.indexOf(LENT_DATES)] ?? one.own.ahead).forEach((value, slot) => {
      const counted = one.truth[slot]!;
      if (!(counted >= 0)) return;
      const usual = one.champion.pooled.hourErrors[slot % HOURS]!;
      const { lo80, hi80 } = boundsOf(value, youngErrors(usual, { known: one.known, isHour: true }), offset);
      count++;
      inside += counted >= lo80 && counted <= hi80 ? 1 : 0;
      width += hi80 - lo80;
      people += counted;
    });
  }
  return { inside: inside / count, width: width / people };
}

/** A table by set and dates known: MASE with own hours alone, and by what the lenders' hours of a weekday are worth. */
export async function newcomerHourLines(folder: string): Promise<string[]> {
  const head = TRIED.map((dates) => (dates < 1e-3 ? "unseen" : String(dates)).padStart(7)).join("");
  const lines = [`set, hours                           dates  cases    own${head}  in 80 %  width  borrowed`];
  for (const set of hourlySets(folder).slice(0, 3)) {
    const all = await hourCases(set);
    for (const known of KNOWN) {
      const cases = all.filter((one) => one.known === known);
      const errors = TRIED.map((_, i) => meanOf(cases.map((one) => maseOf(one, one.borrowed?.[i] ?? one.own.ahead))));
      const { inside, width } = coverage(cases);
      lines.push(
        [
          set.name.padEnd(36),
          String(known).padStart(5),
          String(cases.length).padStart(6),
          meanOf(cases.map((one) => maseOf(one, one.own.ahead)))
            .toFixed(3)
            .padStart(6),
          errors.map((error) => error.toFixed(3).padStart(7)).join(""),
          inside.toFixed(3).padStart(9),
          width.toFixed(2).padStart(6),
          String(cases.filter(({ borrowed }) => borrowed).length).padStart(9),
        ].join(" "),
      );
    }
  }
  return lines;
}
