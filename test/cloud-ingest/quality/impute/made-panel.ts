import type { DayNote, Panel, Step } from "../../../../cloud-ingest/quality/panel.ts";
import { SLOTS } from "../../../../cloud-ingest/quality/panel.ts";
import { seededRandom } from "../../../../firmware-config/kit/seeded-random.ts";

export interface Made {
  readonly step?: Step;
  readonly days?: number;
  readonly series?: number;
  /** Spread of what all series share in a day, as a share of the level. */
  readonly weather?: number;
  readonly noise?: number;
  readonly from?: string;
  readonly notes?: ReadonlyMap<string, DayNote>;
}

/** Shops that open from 10 to 20 o'clock, share the day's weather, and have levels of 100, 200, 300 ... people. */
export function madePanel(made: Made = {}): Panel {
  const {
    step = "hour",
    days = 140,
    series = 4,
    weather = 0.5,
    noise = 0.05,
    from = "2024-01-01",
    notes = new Map(),
  } = made;
  const random = seededRandom(7);
  const perDay = SLOTS[step];
  const shared = Float64Array.from({ length: days }, () => 1 + weather * (random() - 0.5));
  const values = Array.from({ length: series }, (_, which) =>
    Float64Array.from({ length: days * perDay }, (_, slot) => {
      const [day, hour] = [Math.floor(slot / perDay), slot % perDay];
      const isOpen = step === "day" || (hour >= 10 && hour < 20);
      const busy = 1 + (day % 7 >= 5 ? 0.5 : 0) + (step === "hour" ? 0.3 * Math.sin(hour) : 0);
      return isOpen ? Math.round(100 * (which + 1) * busy * shared[day]! * (1 + noise * (random() - 0.5))) : 0;
    }),
  );
  return { step, from, days, names: values.map((_, which) => `s${which}`), values, notes };
}

/** Nothing marked but the slots from `from` to before `to` of one series. */
export function hide(panel: Panel, series: number, from: number, to: number): Uint8Array[] {
  const isMissing = panel.values.map((values) => new Uint8Array(values.length));
  isMissing[series]!.fill(1, from, to);
  return isMissing;
}
