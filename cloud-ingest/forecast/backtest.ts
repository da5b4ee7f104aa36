import { AppError } from "../../firmware-config/kit/errors.ts";
import { SLOTS } from "../quality/panel.ts";
import { checkHistory } from "./check-history.ts";
import { Journal } from "./combine/evidence.ts";
import { makeDays } from "./days/make-days.ts";
import { fitBefore, fitChampion } from "./fit.ts";
import { withClosedHours } from "./hourly/closed-hours.ts";
import { OUR_MEMBERS } from "./members/all.ts";
import type { Champion, Context, History, Member, PanelForecast } from "./port.ts";
import { predict, predictBehind } from "./predict.ts";

export interface BacktestOptions {
  /** In slots of the history's step. */
  readonly horizon: number;
  readonly origins: number;
  readonly stepDays: number;
  readonly members?: readonly Member[];
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

export interface BacktestRound {
  /** Days of history before the forecast; its first date is the one behind. */
  readonly origin: number;
  readonly champion: Champion;
  readonly forecast: PanelForecast;
}

/** Origins, oldest first: the last one has its whole horizon inside the data, the others lie `stepDays` apart before it. */
export function originsOf(history: History, { horizon, origins, stepDays }: BacktestOptions): number[] {
  const known = Math.max(...history.values.map((values) => values.findLastIndex((value) => value >= 0))) + 1;
  const last = Math.floor((known - horizon) / SLOTS[history.step]);
  return Array.from({ length: origins }, (_, k) => last - stepDays * (origins - 1 - k)).filter((origin) => origin > 0);
}

/** Fits and forecasts at each origin from the dates before it alone. Throws `AppError` where no origin has a date before it. */
export async function* backtest(
  counted: History,
  context: Context,
  options: BacktestOptions,
): AsyncGenerator<BacktestRound> {
  checkHistory(counted, context);
  const history = withClosedHours(counted);
  const origins = originsOf(history, options);
  if (origins.length === 0)
    throw new AppError(
      `No origin has data before it and ${options.horizon} steps behind it: the series have ${history.days} dates`,
      {
        code: "USAGE",
        hint: "Give a longer series or a shorter horizon.",
      },
    );
  const horizonDays = Math.ceil(options.horizon / SLOTS[history.step]);
  const { members = OUR_MEMBERS, horizon, onProgress, ...rest } = options;
  // Columns that are not known ahead differ by origin, so nothing of one origin may serve another.
  const isShared = (context.regressors ?? []).length === 0;
  const state = isShared ? { all: makeDays(history, context, horizonDays), journal: new Journal() } : undefined;
  for (const [k, origin] of origins.entries()) {
    const told = onProgress && { onProgress: (done: number) => onProgress((k + done) / origins.length) };
    const fitting = { ...rest, ...told, members, horizonDays };
    const past = until(history, origin);
    if (state) {
      const champion = await fitBefore(past, state, { ...fitting, origin });
      const days = state.journal.daysBefore(state.all, origin);
      yield { origin, champion, forecast: await predictBehind(champion, days, { history: past, horizon, members }) };
    } else {
      const champion = await fitChampion(past, context, fitting);
      yield { origin, champion, forecast: await predict(champion, past, context, { horizon, members }) };
    }
    onProgress?.((k + 1) / origins.length);
  }
}

/** A history that ends before an origin. */
export function until(history: History, origin: number): History {
  const end = origin * SLOTS[history.step];
  return {
    ...history,
    days: origin,
    values: history.values.map((values) => values.subarray(0, end)),
    ...(history.certainty && { certainty: history.certainty.map((each) => each?.subarray(0, end)) }),
  };
}
