import { addDays } from "../../calendar.ts";
import type { BothForecasts } from "../../forecast/forecast-wish.ts";
import type { SeriesForecast, TodayStage } from "../../forecast/port.ts";
import type { DateHours } from "../../forecast/today.ts";
import { rounded } from "../../quality/expectation/numbers.ts";
import type { DerivedRow } from "../../warehouse/derived-port.ts";
import type { StoreInfo } from "../../warehouse/port.ts";
import type { GroupPlace } from "./groups.ts";
import { basisOf } from "./place-history.ts";

/** Dates that a reader must know of to believe a forecast. */
const BASIS_DAYS = 28;
const HOURS = 24;
/** The job may fail for a night or two, and today goes on. */
const STAGED_DAYS = 3;
/** No table needs more decimals than two of a person. */
const PARTS = 100;

export interface RowInput {
  readonly places: readonly GroupPlace[];
  readonly forecasts: BothForecasts;
  readonly artefact: string;
  /** What was learnt of dates under way, by name of a series. */
  readonly stagesOf: (name: string) => readonly TodayStage[];
  /** The date before the first one foretold, by name of a series, where it is known. */
  readonly lasts?: ReadonlyMap<string, DateHours>;
  /** RFC 3339 UTC. */
  readonly madeAt: string;
}

/** Rows of table `forecast`: dates with what adds up to them, and hours of the first week. */
export function forecastRows(input: RowInput): readonly DerivedRow[] {
  const { forecasts } = input;
  return input.places.flatMap((place, index) => {
    const [days, hours] = [forecasts.days.series[index], forecasts.hours.series[index]];
    return days && hours ? [...dayRows(input, place, days), ...hourRows(input, place, hours)] : [];
  });
}

function dayRows(
  { forecasts, stagesOf, lasts, ...input }: RowInput,
  place: GroupPlace,
  series: SeriesForecast,
): DerivedRow[] {
  const { borrowed } = series;
  const basis = { ...basisOf(place, BASIS_DAYS), ...(borrowed && { borrowed }) };
  const stages = stagesOf(place.name);
  const last = lasts?.get(place.name);
  const yesterday = last && { hours: cents(last.hours), counted: cents(last.counted) };
  return Array.from(series.yhat, (_, day) => {
    const businessDate = addDays(forecasts.days.from, day);
    const { date: _date, named, missing, ...parts } = series.parts[day] ?? { date: "" };
    const people = { ...roundedAll(parts), ...(named && { named: roundedAll(named) }), ...(missing && { missing }) };
    return {
      ...headOf(input, place.store, { place: place.place, businessDate, step: "day" }),
      localStart: `${businessDate}T00:00:00`,
      ...boundsOf(series, day),
      model: series.model,
      parts: JSON.stringify({
        ...people,
        basis,
        ...(day < STAGED_DAYS && { stages }),
        ...(day === 0 && yesterday && { yesterday }),
      }),
    };
  });
}

const cents = (people: Float64Array) => Array.from(people, (value) => rounded(value, PARTS));

const roundedAll = (people: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(people).map(([name, value]) => [name, rounded(value, PARTS)]));

function hourRows({ forecasts, ...input }: RowInput, place: GroupPlace, series: SeriesForecast): DerivedRow[] {
  return Array.from(series.yhat, (_, slot) => {
    const businessDate = addDays(forecasts.hours.from, Math.floor(slot / HOURS));
    return {
      ...headOf(input, place.store, { place: place.place, businessDate, step: "hour" }),
      localStart: `${businessDate}T${String(slot % HOURS).padStart(2, "0")}:00:00`,
      ...boundsOf(series, slot),
      ...{ model: series.model, parts: null },
    };
  });
}

interface About {
  readonly place: string;
  readonly businessDate: string;
  readonly step: "day" | "hour";
}

/** What every row of a forecast begins with. */
export function headOf(
  { artefact, madeAt }: Pick<RowInput, "artefact" | "madeAt">,
  { tenant, store }: Pick<StoreInfo, "tenant" | "store">,
  { place, businessDate, step }: About,
): DerivedRow {
  return { tenant, store, businessDate, place, step, artefact, madeAt };
}

type Bounds = Pick<SeriesForecast, "yhat" | "lo80" | "hi80" | "lo95" | "hi95">;

/** Never below 0, and never a bound within another, whatever rounding does. */
export function boundsOf({ yhat, lo80, hi80, lo95, hi95 }: Bounds, at: number): DerivedRow {
  const of = (values: Float64Array) => rounded(values[at] ?? 0, PARTS);
  return { yhat: of(yhat), lo80: of(lo80), hi80: of(hi80), lo95: of(lo95), hi95: of(hi95) };
}
