import { type Panel, SLOTS } from "../../../cloud-ingest/quality/panel.ts";
import { withSeries } from "./data.ts";
import type { Random } from "./random.ts";

/** Opening hours of the shops of operations.md section 4. */
const OPEN = { from: 10, to: 20 } as const;

/** A street's counts as those of a shop with so many entries an open hour: each passer enters with the same chance. */
export function thin(panel: Panel, entriesPerHour: number, random: Random): Panel {
  const perDay = SLOTS[panel.step];
  const values = panel.values.map((series) => {
    const open = series.map((value, slot) => (isOpen(slot % perDay, perDay) ? value : Number.NaN));
    const seen = open.filter((value) => value >= 0);
    const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
    const chance = Math.min(1, (perDay === 1 ? entriesPerHour * (OPEN.to - OPEN.from) : entriesPerHour) / mean);
    return open.map((value) => (Number.isNaN(value) ? value : random.binomial(value, chance)));
  });
  return withSeries(panel, panel.names, values);
}

const isOpen = (hour: number, perDay: number) => perDay === 1 || (hour >= OPEN.from && hour < OPEN.to);

/** Without dates on which the street's own counter was in doubt: a gap, or two hours of zero (as operations.md leaves them out). */
export function withoutDoubtful(panel: Panel, street: Panel): Panel {
  const perDay = SLOTS[panel.step];
  const values = panel.values.map((series, index) => {
    const kept = series.slice();
    const raw = street.values[index]!;
    for (let day = 0; day < panel.days; day++) {
      const date = raw.subarray(day * perDay, (day + 1) * perDay);
      const isDoubtful = date.some(Number.isNaN) || date.filter((value) => value === 0).length >= 2;
      if (isDoubtful) kept.fill(Number.NaN, day * perDay, (day + 1) * perDay);
    }
    return kept;
  });
  return withSeries(panel, panel.names, values);
}
