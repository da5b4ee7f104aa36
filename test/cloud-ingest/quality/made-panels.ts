import type { DayNote, Panel, Step } from "../../../cloud-ingest/quality/panel.ts";
import { Random } from "../../bench/quality/random.ts";

export interface MadeOptions {
  readonly days?: number;
  readonly doors?: number;
  readonly step?: Step;
  readonly perHour?: number;
  readonly notes?: ReadonlyMap<string, DayNote>;
  readonly seed?: number;
}

/** Hours of a made-up door: a morning and an evening peak, nobody at night. */
const HOURS = [0, 0, 0, 0, 0, 0, 1, 4, 9, 6, 5, 7, 9, 8, 6, 6, 8, 10, 9, 6, 4, 2, 1, 0];

/** Doors of one place from Monday 2024-01-01: a week, weather that all share, and the scatter of counting. */
export function madePanel({
  days = 200,
  doors = 5,
  step = "hour",
  perHour = 60,
  notes = new Map(),
  seed = 1,
}: MadeOptions = {}): Panel {
  const random = new Random(seed);
  const weather = Array.from({ length: days }, () => Math.exp(0.12 * random.normal()));
  const values = Array.from({ length: doors }, (_, door) => {
    const size = (perHour / 6) * (1 + door / 3);
    const dayRate = (day: number) => size * weather[day]! * (day % 7 > 4 ? 1.5 : 1) * Math.exp(0.05 * random.normal());
    const hourly = Float64Array.from({ length: days * 24 }, (_, slot) => slot).map(() => 0);
    for (let day = 0; day < days; day++) {
      const rate = dayRate(day);
      for (let hour = 0; hour < 24; hour++) hourly[day * 24 + hour] = poisson(rate * HOURS[hour]!, random);
    }
    return step === "hour"
      ? hourly
      : Float64Array.from({ length: days }, (_, day) =>
          hourly.subarray(day * 24, day * 24 + 24).reduce((a, b) => a + b, 0),
        );
  });
  return { step, from: "2024-01-01", days, names: values.map((_, door) => `door ${door}`), values, notes };
}

function poisson(mean: number, random: Random): number {
  if (mean > 40) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  let count = -1;
  for (let left = 1, limit = Math.exp(-mean); left > limit; count++) left *= random.next();
  return Math.max(0, count);
}

/** The same panel with one series changed in place of a copy. */
export function changed(panel: Panel, series: number, change: (values: Float64Array) => void): Panel {
  const values = panel.values.map((one) => one.slice());
  change(values[series]!);
  return { ...panel, values };
}
