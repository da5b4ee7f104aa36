import { addDays } from "../../../cloud-ingest/calendar.ts";
import type { DayNote, Panel } from "../../../cloud-ingest/quality/panel.ts";
import { seededRandom } from "../../../firmware-config/kit/seeded-random.ts";

/** People an hour on a weekday (0 = Monday) at an hour. */
export type Shape = (weekday: number, hour: number) => number;

const peak = (hour: number, at: number, width: number) => Math.exp(-(((hour - at) / width) ** 2));

/** Offices, a mall, a bar street. */
export const SHAPES: Readonly<Record<"commuter" | "leisure" | "night", Shape>> = {
  commuter: (day, hour) =>
    day < 5 ? 100 * (peak(hour, 8, 1.2) + peak(hour, 18, 1.2)) + 20 * peak(hour, 12, 2) : 8 * peak(hour, 13, 4),
  leisure: (day, hour) => (day < 5 ? 40 : 110) * peak(hour, 14, 3.5),
  night: (day, hour) => (day === 4 || day === 5 ? 120 : 40) * (peak(hour, 22, 2.5) + peak(hour, -2, 2.5)),
};

export interface MadeSeries {
  readonly name: string;
  readonly shape: Shape;
  readonly size?: number;
}

/** From a Monday, each hour of its shape times its size, with noise of counts. */
export function madeWeeks(
  series: readonly MadeSeries[],
  weeks = 20,
  notes: ReadonlyMap<string, DayNote> = new Map(),
): Panel {
  const days = weeks * 7;
  const random = seededRandom(7);
  const values = series.map(({ shape, size = 1 }) =>
    Float64Array.from({ length: days * 24 }, (_, slot) => {
      const mean = size * shape(Math.floor(slot / 24) % 7, slot % 24);
      return Math.max(0, Math.round(mean + Math.sqrt(mean) * 2 * (random() + random() + random() - 1.5)));
    }),
  );
  return { step: "hour", from: FROM, days, names: series.map(({ name }) => name), values, notes };
}

export const FROM = "2025-01-06";
export const dateOf = (day: number) => addDays(FROM, day);
