import { SLOTS } from "../quality/panel.ts";
import { columnsOf, isKnownAt } from "./days/date-table.ts";
import type { Context, History, NamedColumn, PanelForecast, SeriesForecast } from "./port.ts";

/** A forecast with some of the regressors only. */
export interface Variant {
  /** Regressors that are left out, in the order of the context. */
  readonly missing: readonly string[];
  readonly context: Context;
}

export interface Gaps {
  /** The first one is the whole context. */
  readonly variants: readonly Variant[];
  /** By series, by date of the horizon, the variant. */
  readonly choice: readonly Uint8Array[];
}

/** Each is a forecast of its own: further combinations of gaps are foretold without any name that has one. */
const MOST_VARIANTS = 8;
const SEPARATOR = "\n";

/**
 * Which regressors each date of the horizon can be foretold with. One that is known in advance and has no number for a date is none of that date's: its usual
 * number would say that a promotion ends because nobody wrote down that it goes on.
 */
export function gapsOf(history: History, context: Context, horizonDays: number): Gaps {
  const whole: Variant = { missing: [], context };
  const { regressors = [] } = context;
  if (!regressors.some(({ isKnownAhead }) => isKnownAhead))
    return { variants: [whole], choice: history.names.map(() => new Uint8Array(horizonDays)) };
  const keys = history.names.map((_, series) => {
    const columns = columnsOf(regressors, series).filter((column) => isOfUse(column, history.days));
    return Array.from({ length: horizonDays }, (_, h) => missingOn(columns, history.days, h).join(SEPARATOR));
  });
  const found = commonest(keys.flat().filter((key) => key !== ""));
  const rest = [...new Set(keys.flat().flatMap(namesOf))].sort().join(SEPARATOR);
  const kept = found.length < MOST_VARIANTS ? found : [...found.slice(0, MOST_VARIANTS - 2), rest];
  const numbers = new Map(["", ...kept].map((key, at) => [key, at]));
  const last = numbers.get(rest) ?? 0;
  return {
    variants: [whole, ...kept.map((key) => without(context, namesOf(key)))],
    choice: keys.map((own) => Uint8Array.from(own, (key) => numbers.get(key) ?? last)),
  };
}

/** The forecasts of all variants as one: each date from its own. */
export function patched(all: readonly PanelForecast[], { variants, choice }: Gaps): PanelForecast {
  const [whole] = all;
  if (!whole || all.length === 1) return all[0] as PanelForecast;
  const slots = SLOTS[whole.step];
  const series = whole.series.map((own, i): SeriesForecast => {
    const others = all.map((one) => one.series[i] ?? own);
    const at = (slot: number) => others[choice[i]![Math.floor(slot / slots)]!]!;
    const pick = (field: "yhat" | "lo80" | "hi80" | "lo95" | "hi95") =>
      own[field].map((_, slot) => at(slot)[field][slot]!);
    return {
      ...{ name: own.name, model: own.model, ...(own.borrowed && { borrowed: own.borrowed }) },
      ...{ yhat: pick("yhat"), lo80: pick("lo80"), hi80: pick("hi80"), lo95: pick("lo95"), hi95: pick("hi95") },
      parts: own.parts.map((_, h) => {
        const { missing } = variants[choice[i]![h]!]!;
        return { ...others[choice[i]![h]!]!.parts[h]!, ...(missing.length > 0 && { missing }) };
      }),
    };
  });
  return { ...whole, series };
}

const namesOf = (key: string) => (key === "" ? [] : key.split(SEPARATOR));

/** A name that was never anything else, or of which the history knows nothing, has no effect that could be missed. */
function isOfUse({ isKnownAhead, values }: NamedColumn, days: number): boolean {
  const known = values.subarray(0, days).filter(Number.isFinite);
  return isKnownAhead && known.some((value) => value !== known[0]);
}

const missingOn = (columns: readonly NamedColumn[], origin: number, h: number): readonly string[] =>
  columns
    .filter(
      (column) => !Number.isFinite(column.values[origin + h] ?? Number.NaN) || !isKnownAt(column, origin, origin + h),
    )
    .map(({ name }) => name);

/** The most frequent first. */
function commonest(keys: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).map(([key]) => key);
}

function without(context: Context, missing: readonly string[]): Variant {
  const regressors = (context.regressors ?? []).filter(({ name }) => !missing.includes(name));
  return { missing, context: { ...context, regressors } };
}
