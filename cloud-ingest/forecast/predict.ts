import { AppError } from "../../firmware-config/kit/errors.ts";
import { addDays } from "../calendar.ts";
import { SLOTS } from "../quality/panel.ts";
import { checkHistory } from "./check-history.ts";
import { combined } from "./combine/combined.ts";
import { groupOf } from "./combine/horizon-group.ts";
import { type Bounds, boundsOf } from "./combine/intervals.ts";
import { daysBefore, makeDays } from "./days/make-days.ts";
import { dayParts } from "./explain.ts";
import { VERSION } from "./fit.ts";
import { gapsOf, patched } from "./gaps.ts";
import { borrowedProfiles } from "./hourly/borrowed-profiles.ts";
import { withClosedHours } from "./hourly/closed-hours.ts";
import { hourOffset, hoursAhead } from "./hourly/hours-ahead.ts";
import { profilesBehind } from "./hourly/profile.ts";
import { OUR_MEMBERS } from "./members/all.ts";
import { calendarFit } from "./members/calendar-fit.ts";
import { borrowedParts, borrowedTotals, type Lenders, lendersOf } from "./newcomers.ts";
import type {
  Champion,
  Context,
  Days,
  Family,
  History,
  Member,
  Model,
  PanelForecast,
  SeriesChampion,
  SeriesForecast,
} from "./port.ts";
import { errorsOfDates as ofDates, errorsOfHours as ofHours } from "./usual-errors.ts";

const HOURS = 24;

/** Forecasts `horizon` slots behind a history, which may be later than the one fitted on. Throws `AppError` for an artefact of another version or step. */
export async function predict(
  champion: Champion,
  counted: History,
  context: Context,
  { horizon, members = OUR_MEMBERS }: { horizon: number; members?: readonly Member[] },
): Promise<PanelForecast> {
  checkHistory(counted, context);
  const history = withClosedHours(counted);
  const horizonDays = Math.ceil(horizon / SLOTS[history.step]);
  const gaps = gapsOf(history, context, horizonDays);
  const all: PanelForecast[] = [];
  for (const { context: own } of gaps.variants) {
    const days = daysBefore(makeDays(history, own, horizonDays), history.days);
    all.push(await predictBehind(champion, days, { history, horizon, members, families: context.families }));
  }
  return patched(all, gaps);
}

export interface PredictOptions {
  /** For the hours of a date. */
  readonly history: History;
  readonly horizon: number;
  readonly members: readonly Member[];
  readonly families?: readonly Family[] | undefined;
}

/** The same for days that are made already; the forecast begins at their origin. */
export async function predictBehind(champion: Champion, days: Days, options: PredictOptions): Promise<PanelForecast> {
  const { history, horizon, members, families } = options;
  const horizonDays = Math.ceil(horizon / SLOTS[history.step]);
  const predictions: (readonly Float64Array[])[] = [];
  for (const model of modelsOf(champion, history, members)) predictions.push(await model.predict(days, horizonDays));
  const totals = days.names.map((name, i) => {
    const own = predictions.map((all) => all[i]!);
    return opened(combined(own, champion.series[name] ?? champion.pooled, calendarFit(days, i).offset), days, i);
  });
  const lenders = lendersOf(days, families);
  const { pooled } = champion;
  const series = days.names.map((name, i): SeriesForecast => {
    const of = champion.series[name] ?? champion.pooled;
    const model = modelText(champion.memberNames, of);
    const from = lenders[i];
    const taken = from && borrowedTotals(i, from, { days, totals });
    if (!(from && taken)) {
      const slots = slotsOf(totals[i]!, { of, pooled, days, history, series: i });
      return { name, ...cut(slots, horizon), model, parts: dayParts(days, i, totals[i]!) };
    }
    const borrowed = opened(taken, days, i);
    const slots = slotsOf(borrowed, { of, pooled, days, history, series: i, lenders: from });
    const parts = from.series.map((other) => dayParts(days, other, totals[other]!));
    return {
      ...{ name, ...cut(slots, horizon), model, parts: borrowedParts(parts, borrowed, dayParts(days, i, borrowed)) },
      borrowed: { from: from.series.length, days: from.days, isCluster: from.isCluster },
    };
  });
  return { step: history.step, from: addDays(days.from, days.days), series };
}

/** Nobody comes on a closed date. */
function opened(totals: Float64Array, { dates, days }: Days, series: number): Float64Array {
  return totals.map((total, h) => (dates[series]!.isClosed[days + h] === 1 ? 0 : total));
}

function modelsOf(champion: Champion, history: History, members: readonly Member[]): Model[] {
  if (champion.version !== VERSION || champion.step !== history.step)
    throw new AppError(
      `The champion is of version ${champion.version} by ${champion.step}; this is version ${VERSION} and a history by ${history.step}`,
      { code: "USAGE", hint: "Fit it again, or go back to the one before." },
    );
  return champion.memberNames.map((name) => {
    const member = members.find((each) => each.name === name);
    if (member) return member.load(champion.members[name]);
    throw new AppError(`The champion has a member ${JSON.stringify(name)}, which is not known`, {
      code: "USAGE",
      hint: "Fit it again, or give the member.",
    });
  });
}

interface SlotOptions {
  readonly of: SeriesChampion;
  readonly pooled: SeriesChampion;
  readonly days: Days;
  readonly history: History;
  readonly series: number;
  /** Of a newcomer. */
  readonly lenders?: Lenders;
}

type Slots = Pick<SeriesForecast, "yhat" | "lo80" | "hi80" | "lo95" | "hi95">;

function slotsOf(totals: Float64Array, { of, pooled, days, history, series, lenders }: SlotOptions): Slots {
  const offset = calendarFit(days, series).offset;
  if (history.step === "day") {
    const errors = ofDates({ own: of.dayErrors, pooled: pooled.dayErrors }, days, series);
    return withBounds(totals, (value, h) => boundsOf(value, errors[groupOf(h)]!, offset));
  }
  const own = profilesBehind(history, days, { series, ahead: totals.length });
  const profiles = lenders ? borrowedProfiles(own, { history, days, series, lenders }) : own.ahead;
  const hours = hoursAhead(totals, profiles);
  const errors = ofHours({ own: of.hourErrors, pooled: pooled.hourErrors }, { days, history, series });
  return withBounds(hours, (value, slot) => boundsOf(value, errors[slot % HOURS]!, hourOffset(offset)));
}

function withBounds(yhat: Float64Array, boundsAt: (value: number, slot: number) => Bounds): Slots {
  const slots = {
    yhat,
    lo80: new Float64Array(yhat.length),
    hi80: new Float64Array(yhat.length),
    lo95: new Float64Array(yhat.length),
    hi95: new Float64Array(yhat.length),
  };
  yhat.forEach((value, slot) => {
    // 0 foretold is a closed date or hour, which has no error.
    const { lo80, hi80, lo95, hi95 } = value === 0 ? { lo80: 0, hi80: 0, lo95: 0, hi95: 0 } : boundsAt(value, slot);
    slots.lo80[slot] = lo80;
    slots.hi80[slot] = hi80;
    slots.lo95[slot] = lo95;
    slots.hi95[slot] = hi95;
  });
  return slots;
}

function cut({ yhat, lo80, hi80, lo95, hi95 }: Slots, length: number): Slots {
  const [from, to] = [0, length];
  return {
    yhat: yhat.slice(from, to),
    lo80: lo80.slice(from, to),
    hi80: hi80.slice(from, to),
    lo95: lo95.slice(from, to),
    hi95: hi95.slice(from, to),
  };
}

function modelText(names: readonly string[], { weights }: SeriesChampion): string {
  return names.map((name, m) => `${name} ${weights[0]![m]!.toFixed(2)}`).join(" + ");
}
