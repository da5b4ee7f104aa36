import { SLOTS } from "../quality/panel.ts";
import { coherent } from "./coherent.ts";
import { dayTotals } from "./days/day-totals.ts";
import { fitChampion } from "./fit.ts";
import { type PastEffects, pastEffects } from "./past-effects.ts";
import type { Champion, Context, History, PanelForecast } from "./port.ts";
import { predict } from "./predict.ts";
import { type Renewal, renew } from "./renew.ts";

/** What the thread is asked for. */
export type ForecastWish =
  | ({ readonly op: "fit" } & Learning)
  | ({ readonly op: "renew"; readonly incumbent: Champion } & Learning)
  | ({
      readonly op: "predict";
      readonly champion: Champion;
      readonly days: number;
      readonly hoursDays: number;
      /** By series, the name of what it is a part of. */
      readonly parents: readonly (string | undefined)[];
      /** Dates that are over of which it is asked what regressors did. */
      readonly pastDates: number;
    } & Known);

interface Known {
  /** By the hour. */
  readonly history: History;
  readonly context: Context;
}

interface Learning extends Known {
  readonly horizonDays: number;
}

/** Forecasts by date and by hour from the same champion. */
export interface BothForecasts {
  readonly days: PanelForecast;
  readonly hours: PanelForecast;
  /** By series. */
  readonly past: readonly PastEffects[];
}

export type ForecastAnswer = { readonly champion: Champion } | { readonly renewal: Renewal } | BothForecasts;

/** Fits, renews or predicts. */
export async function answerForecast(wish: ForecastWish, onProgress?: (done: number) => void): Promise<ForecastAnswer> {
  const { history, context } = wish;
  switch (wish.op) {
    case "fit":
      return {
        champion: await fitChampion(history, context, {
          horizonDays: wish.horizonDays,
          ...(onProgress && { onProgress }),
        }),
      };
    case "renew":
      return { renewal: await renew(wish.incumbent, { ...wish, ...(onProgress && { onProgress }) }) };
    case "predict":
      return coherent(await predictBoth(wish.champion, wish), wish.parents);
  }
}

async function predictBoth(
  champion: Champion,
  wish: Known & { readonly days: number; readonly hoursDays: number; readonly pastDates: number },
): Promise<BothForecasts> {
  const { history, context, days, hoursDays, pastDates } = wish;
  const byDate = byDates(history);
  return {
    days: await predict({ ...champion, step: "day" }, byDate, context, { horizon: days }),
    hours: await predict(champion, history, context, { horizon: hoursDays * SLOTS.hour }),
    past: pastEffects(byDate, context, pastDates),
  };
}

/** An hourly history by date. */
export function byDates(history: History): History {
  const totals = history.names.map((_, series) => dayTotals(history, series));
  return {
    ...history,
    step: "day",
    values: totals.map(({ values }) => values),
    certainty: totals.map(({ weights }) => Float32Array.from(weights)),
  };
}
