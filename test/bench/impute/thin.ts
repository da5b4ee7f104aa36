import { type Panel, SLOTS } from "../../../cloud-ingest/quality/panel.ts";

const [OPENS, CLOSES] = [10, 20];

/**
 * A panel of shops made of one of streets: each passer-by enters with a chance that leaves `perHour` people an open hour on average
 * (operations.md, section 4); closed from 20 to 10 o'clock.
 */
export function thinned(panel: Panel, perHour: number, random: () => number): Panel {
  return { ...panel, values: panel.values.map((values) => thinnedSeries(values, perHour, random)) };
}

const isOpen = (slot: number) => slot % SLOTS.hour >= OPENS && slot % SLOTS.hour < CLOSES;

function thinnedSeries(values: Float64Array, perHour: number, random: () => number): Float64Array {
  const open = values.filter((each, slot) => isOpen(slot) && !Number.isNaN(each));
  const chance = Math.min(1, perHour / (open.reduce((sum, each) => sum + each, 0) / open.length));
  return values.map((each, slot) => {
    if (Number.isNaN(each)) return each;
    return isOpen(slot) ? binomial(Math.round(each), chance, random) : 0;
  });
}

/** Entrants among so many passers-by, by the distances from one to the next. */
function binomial(passers: number, chance: number, random: () => number): number {
  if (chance >= 1) return passers;
  let entrants = -1;
  for (let at = 0; at <= passers; entrants++) at += 1 + Math.floor(Math.log(1 - random()) / Math.log(1 - chance));
  return entrants;
}
