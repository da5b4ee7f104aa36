import { type Panel, SLOTS } from "../../../cloud-ingest/quality/panel.ts";
import { withSeries } from "./data.ts";
import type { Random } from "./random.ts";

/** The faults of the table. */
export const FAULTS = ["dead", "stuck", "half", "double", "clock", "drift"] as const;
export type Fault = (typeof FAULTS)[number] | "reversed";

export interface Injected {
  readonly fault: Fault;
  readonly series: number;
  /** First date, and the one behind the last. */
  readonly from: number;
  readonly to: number;
}

/** Dates that a fault lasts, as a person would need to notice and mend it. */
const LASTS: Readonly<Record<Fault, readonly [number, number]>> = {
  dead: [1, 14],
  stuck: [1, 14],
  half: [7, 28],
  double: [3, 28],
  clock: [3, 28],
  drift: [14, 28],
  reversed: [3, 28],
};

/** About one fault in so many dates of a series. */
const EVERY = 120;
/** Dates before the first: there must be something to know. */
const WARM_UP = 60;

/** A copy of a panel with faults at drawn places, and what they are. */
export function inject(
  panel: Panel,
  random: Random,
  faults: readonly Fault[] = FAULTS,
): { panel: Panel; injected: Injected[] } {
  const values = panel.values.map((series) => series.slice());
  const injected: Injected[] = [];
  values.forEach((series, index) => {
    for (
      let from = WARM_UP + random.between(0, EVERY);
      from < panel.days - 30;
      from += EVERY / 2 + random.between(0, EVERY)
    ) {
      const fault = faults[random.between(0, faults.length - 1)]!;
      const days = random.between(...LASTS[fault]);
      const to = Math.min(panel.days, from + days);
      damage(series, { fault, perDay: SLOTS[panel.step], from, to });
      injected.push({ fault, series: index, from, to });
    }
  });
  return { panel: withSeries(panel, panel.names, values), injected };
}

interface Damage {
  readonly fault: Fault;
  readonly perDay: number;
  readonly from: number;
  readonly to: number;
}

/** Changes the values of a stretch of dates as the fault would; a missing one stays missing. */
export function damage(series: Float64Array, { fault, perDay, from, to }: Damage): void {
  const whole = series.slice();
  const first = from * perDay;
  const stuckAt = lastCount(whole, first);
  for (let slot = first; slot < to * perDay; slot++) {
    const value = whole[slot]!;
    if (Number.isNaN(value)) continue;
    const days = Math.floor(slot / perDay) - from + 1;
    if (fault === "dead") series[slot] = 0;
    else if (fault === "stuck") series[slot] = stuckAt;
    else if (fault === "half") series[slot] = Math.round(value * 0.7);
    else if (fault === "double") series[slot] = value * 2;
    else if (fault === "drift") series[slot] = Math.round(value * 0.98 ** days);
    else if (fault === "clock") series[slot] = whole[slot - 1]!;
  }
}

/** What a counter shows that stops in the middle of the day before. */
function lastCount(series: Float64Array, before: number): number {
  for (let slot = before - 1; slot >= 0; slot--) if (series[slot]! > 0) return series[slot]!;
  return 1;
}

/** In and out of a line from a count of passers: who comes in an hour leaves in that or the next two (half, a third, the rest). */
export function withDirections(panel: Panel, random: Random): Panel {
  const names: string[] = [];
  const values: Float64Array[] = [];
  panel.values.forEach((series, index) => {
    const come = series.map((value) => (Number.isNaN(value) ? value : random.binomial(value, 0.5)));
    const leave = come.map((_, slot) =>
      Math.round(0.5 * come[slot]! + 0.33 * (come[slot - 1] ?? come[slot]!) + 0.17 * (come[slot - 2] ?? come[slot]!)),
    );
    names.push(`${panel.names[index]}:in`, `${panel.names[index]}:out`);
    values.push(come, leave);
  });
  return withSeries(panel, names, values);
}

/** Swaps both directions of some lines for a time. */
export function reverse(panel: Panel, random: Random): { panel: Panel; injected: Injected[] } {
  const values = panel.values.map((series) => series.slice());
  const injected: Injected[] = [];
  const perDay = SLOTS[panel.step];
  for (let index = 0; index + 1 < values.length; index += 2) {
    for (
      let from = WARM_UP + random.between(0, EVERY);
      from < panel.days - 30;
      from += EVERY / 2 + random.between(0, EVERY)
    ) {
      const to = Math.min(panel.days, from + random.between(...LASTS.reversed));
      const [a, b] = [panel.values[index]!, panel.values[index + 1]!];
      values[index]!.set(b.subarray(from * perDay, to * perDay), from * perDay);
      values[index + 1]!.set(a.subarray(from * perDay, to * perDay), from * perDay);
      injected.push({ fault: "reversed", series: index, from, to }, { fault: "reversed", series: index + 1, from, to });
    }
  }
  return { panel: withSeries(panel, panel.names, values), injected };
}
