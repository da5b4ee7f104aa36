import { type Panel, SLOTS } from "../../../cloud-ingest/quality/panel.ts";
import { dateOf, pick, withSeries } from "../quality/data.ts";
import { damage, withDirections } from "../quality/faults.ts";
import type { Random } from "../quality/random.ts";
import { thin, withoutDoubtful } from "../quality/thin.ts";

/** Two doors a shop, each with a device. */
export const DEVICES_OF_SHOP = 2;
/** Dates that are looked at day by day, after those from which is learned. */
export const KNOWN_DAYS = 150;
export const JUDGED_DAYS = 60;
/** Each night judges all shops anew, so more of them take an hour. */
const MOST_SHOPS = 6;
/** One event on each device, or shop, in so many dates: what is ill all the time has no healthy time to be known by. */
const EVERY = 30;

export const COUNT_FAULTS = ["dead", "reversed", "double", "wrong clock"] as const;
export type CountFault = (typeof COUNT_FAULTS)[number];
export const WORLD = ["closed", "holiday", "typhoon", "sale", "roadworks"] as const;
export type World = (typeof WORLD)[number];

/** Dates that each lasts. */
const LASTS: Readonly<Record<CountFault | World, readonly [number, number]>> = {
  ...{ dead: [1, 10], reversed: [3, 10], double: [3, 10], "wrong clock": [3, 10] },
  ...{ closed: [1, 1], holiday: [1, 2], typhoon: [1, 2], sale: [3, 5], roadworks: [7, 14] },
};
/** What is left of the people. */
const PEOPLE: Readonly<Record<World, number>> = { closed: 0, holiday: 0.5, typhoon: 0.15, sale: 1.8, roadworks: 0.6 };

/** Something that happens to a device, or to all devices of a shop; dates by their number, the last one not in it. */
export interface Event {
  readonly what: CountFault | World;
  readonly device: number;
  readonly from: number;
  readonly to: number;
}

/** Shops of two doors with in and out, made of a street's sensors: entries an hour as of a shop, 10 to 20 o'clock. */
export function shopsOf(street: Panel, perHour: number, random: Random): Panel {
  const days = Math.min(street.days, KNOWN_DAYS + JUDGED_DAYS);
  const cut = withSeries(
    { ...street, days },
    street.names,
    street.values.map((series) => series.slice(0, days * SLOTS[street.step])),
  );
  const whole = pick(cut, (index) => cut.values[index]!.filter((value) => value >= 0).length > 0.95 * days * 24);
  const devices = Math.min(MOST_SHOPS * DEVICES_OF_SHOP, whole.names.length - (whole.names.length % DEVICES_OF_SHOP));
  const even = pick(whole, (index) => index < devices);
  // Half of who passes comes in, so that entries are as many as asked for.
  return withDirections(withoutDoubtful(thin(even, 2 * perHour, random), even), random);
}

/** A copy with what happens to it. */
export function happen(
  panel: Panel,
  kinds: readonly (CountFault | World)[],
  random: Random,
): { readonly panel: Panel; readonly events: readonly Event[] } {
  const values = panel.values.map((series) => series.slice());
  const events: Event[] = [];
  const isWorld = kinds.every((kind) => WORLD.some((one) => one === kind));
  const devices = values.length / 2;
  let turn = random.between(0, kinds.length - 1);
  for (let device = 0; device < devices; device += isWorld ? DEVICES_OF_SHOP : 1) {
    for (let block = KNOWN_DAYS; block + EVERY <= panel.days; block += EVERY) {
      const what = kinds[turn++ % kinds.length]!;
      const from = block + random.between(7, EVERY - 17);
      const to = from + random.between(...LASTS[what]);
      const hit = Array.from({ length: isWorld ? DEVICES_OF_SHOP : 1 }, (_, next) => device + next);
      for (const one of hit) {
        apply(values, { what, device: one, from, to }, random);
        events.push({ what, device: one, from, to });
      }
    }
  }
  return { panel: withSeries(panel, panel.names, values), events };
}

function apply(values: Float64Array[], { what, device, from, to }: Event, random: Random): void {
  const [come, leave] = [values[2 * device]!, values[2 * device + 1]!];
  const [first, end] = [from * 24, to * 24];
  if (what === "reversed") {
    const kept = come.slice(first, end);
    come.set(leave.subarray(first, end), first);
    leave.set(kept, first);
    return;
  }
  for (const series of [come, leave]) {
    if (what === "dead" || what === "double") damage(series, { fault: what, perDay: 24, from, to });
    else if (what === "wrong clock") damage(series, { fault: "clock", perDay: 24, from, to });
    else {
      const part = PEOPLE[what];
      for (let slot = first; slot < end; slot++) {
        const value = series[slot]!;
        if (Number.isNaN(value)) continue;
        // Exactly twice as many would be what a double count is: each who comes more is a person of his own.
        series[slot] = part > 1 ? value + random.binomial(value, part - 1) : random.binomial(value, part);
      }
    }
  }
}

/** What a calendar knows of these dates beforehand; a typhoon, a sale and roadworks come unannounced. */
export const noted = (panel: Panel, events: readonly Event[]) =>
  new Map(
    events.filter(({ what }) => what === "holiday").map(({ from }) => [dateOf(panel, from), { holiday: "holiday" }]),
  );
