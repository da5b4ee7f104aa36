import { addDays } from "../calendar.ts";
import { sortedQuantile } from "../quality/expectation/numbers.ts";
import { SLOTS } from "../quality/panel.ts";
import { until } from "./backtest.ts";
import { dayTotals } from "./days/day-totals.ts";
import { fitChampion } from "./fit.ts";
import type { Calendar, Champion, Context, FitOptions, History, PanelForecast, SeriesChampion } from "./port.ts";
import { predict } from "./predict.ts";
import { withMembers } from "./with-members.ts";

/** The last dates are kept aside, and both are asked for them. */
const TRIAL_DAYS = 28;
/** Fewer dates before the trial teach nothing. */
const LEAST_BEFORE = 56;
/** Fewer dates of a series decide nothing: it takes the new one. */
const LEAST_TRIED = 14;
/** The tail: nine of ten dates are foretold better. */
const TAIL = 0.9;

/** Errors over the dates of the trial, as a part of the usual date. */
export interface TrialErrors {
  readonly mean: number;
  /** Nine of ten dates are better. */
  readonly tail: number;
}

/** What the trial said of one series. */
export interface Trial {
  readonly series: string;
  /** Dates that both were held against. */
  readonly days: number;
  readonly rival?: TrialErrors;
  readonly incumbent?: TrialErrors;
  /** True: the new combination is the champion of this series. */
  readonly isRenewed: boolean;
}

export interface Renewal {
  readonly champion: Champion;
  readonly trials: readonly Trial[];
}

export interface RenewWish extends Pick<FitOptions, "horizonDays" | "onProgress" | "signal" | "members"> {
  readonly history: History;
  readonly context: Context;
}

/**
 * Learns anew from all dates. Of each series the combination changes only when a rival, learnt from the dates before the last 28, foretold
 * these no worse than the incumbent, in the mean and in the tail. The incumbent may have seen some of them, so the trial favours what stands.
 * Members are always learnt anew.
 */
export async function renew(incumbent: Champion, wish: RenewWish): Promise<Renewal> {
  const { history, context, onProgress, horizonDays, signal, members } = wish;
  const fitting = { horizonDays, ...(signal && { signal }), ...(members && { members }) };
  const half = (from: number) => onProgress && { onProgress: (done: number) => onProgress(from + done / 2) };
  const fresh = await fitChampion(history, context, { ...fitting, ...half(0.5) });
  const old = withMembers(incumbent, fresh.memberNames);
  const trials = isLike(incumbent, fresh) ? await tryBoth(incumbent, wish, half(0)) : untried(history);
  const kept = trials.filter(({ isRenewed }) => !isRenewed);
  const stays = kept.flatMap(({ series }): [string, SeriesChampion][] => {
    const own = old.series[series];
    return own ? [[series, own]] : [];
  });
  return { champion: { ...fresh, series: { ...fresh.series, ...Object.fromEntries(stays) } }, trials };
}

const isLike = (a: Champion, b: Champion) => a.version === b.version && a.step === b.step;

const untried = ({ names }: History): Trial[] => names.map((series) => ({ series, days: 0, isRenewed: true }));

async function tryBoth(
  incumbent: Champion,
  { history, context, horizonDays, signal, members }: RenewWish,
  told: Pick<FitOptions, "onProgress"> | undefined,
): Promise<readonly Trial[]> {
  const origin = history.days - TRIAL_DAYS;
  if (origin < LEAST_BEFORE) return untried(history);
  const past = until(history, origin);
  const asking = members && { members };
  const rival = await fitChampion(past, context, {
    ...{ horizonDays, ...(signal && { signal }) },
    ...{ ...asking, ...told },
  });
  const horizon = TRIAL_DAYS * SLOTS[history.step];
  const foretold = await Promise.all(
    [rival, incumbent].map((one) => predict(one, past, context, { horizon, ...asking })),
  );
  return history.names.map((series, index) => {
    const truth = dayTotals(history, index).values.subarray(origin);
    const masked = maskOf(context.calendars[context.calendars.length === 1 ? 0 : index], addDays(history.from, origin));
    const days = Array.from(truth.keys()).filter((day) => Number.isFinite(truth[day]) && !masked(day));
    const [own, other] = foretold.map((forecast) => errorsOf(truth, totalsOf(forecast, index), days));
    const isRenewed = !own || !other || days.length < LEAST_TRIED || (own.mean <= other.mean && own.tail <= other.tail);
    return { series, days: days.length, isRenewed, ...(own && { rival: own }), ...(other && { incumbent: other }) };
  });
}

/** Shocks and closures say nothing of a model. */
function maskOf(calendar: Calendar | undefined, from: string): (day: number) => boolean {
  return (day) => {
    const note = calendar?.get(addDays(from, day));
    return note?.shock !== undefined || note?.isClosed === true;
  };
}

function totalsOf({ step, series }: PanelForecast, index: number): Float64Array {
  const yhat = series[index]?.yhat ?? new Float64Array(0);
  const slots = SLOTS[step];
  return Float64Array.from({ length: Math.ceil(yhat.length / slots) }, (_, day) =>
    yhat.subarray(day * slots, (day + 1) * slots).reduce((sum, value) => sum + value, 0),
  );
}

function errorsOf(truth: Float64Array, foretold: Float64Array, days: readonly number[]): TrialErrors | undefined {
  const usual = days.reduce((sum, day) => sum + (truth[day] ?? 0), 0) / days.length;
  if (!(usual > 0)) return undefined;
  const errors = Float64Array.from(days, (day) => Math.abs((truth[day] ?? 0) - (foretold[day] ?? 0)) / usual).sort();
  const rounded = (value: number) => Math.round(value * 1e4) / 1e4;
  return {
    mean: rounded(errors.reduce((sum, error) => sum + error, 0) / errors.length),
    tail: rounded(sortedQuantile(errors, TAIL)),
  };
}
