import { imputePanel } from "../../../cloud-ingest/quality/impute/impute-panel.ts";
import type { Panel } from "../../../cloud-ingest/quality/panel.ts";
import { seededRandom } from "../../../firmware-config/kit/seeded-random.ts";
import { makeGaps, masks } from "./made-gaps.ts";

const [STORES, DOORS, DAYS, GAPS] = [100, 4, 730, 3];

/** A tenth of 4,000 doors, two years of hours, three gaps each of 3 h to 7 days, on one core. */
export function speedLines(): string[] {
  const panel = doors(seededRandom(1));
  const random = seededRandom(2);
  const gaps = [3, 24, 168].flatMap((slots) => makeGaps(panel, slots, GAPS / 3, random));
  const start = process.cpuUsage();
  imputePanel(panel, masks(panel, gaps));
  const { user, system } = process.cpuUsage(start);
  const seconds = (user + system) / 1e6;
  const all = (seconds * 4000) / panel.names.length;
  return [
    `${panel.names.length} series, ${gaps.length} gaps: ${seconds.toFixed(1)} s of CPU on one core; 4,000 series: ${all.toFixed(0)} s, on two cores half of it`,
  ];
}

function doors(random: () => number): Panel {
  const names: string[] = [];
  const values: Float64Array[] = [];
  const siblings = new Map<string, string[]>();
  for (let store = 0; store < STORES; store++) {
    const own = Array.from({ length: DOORS }, (_, door) => `${store}/${door}`);
    const day = Float64Array.from({ length: DAYS }, () => Math.exp((random() - 0.5) * 0.6));
    for (const name of own) {
      names.push(name);
      values.push(doorOf(day, 10 + 60 * random(), random));
      siblings.set(
        name,
        own.filter((other) => other !== name),
      );
    }
  }
  return { step: "hour", from: "2024-01-01", days: DAYS, names, values, siblings, notes: new Map() };
}

function doorOf(day: Float64Array, level: number, random: () => number): Float64Array {
  return Float64Array.from({ length: DAYS * 24 }, (_, slot) => {
    const hour = slot % 24;
    if (hour < 10 || hour >= 20) return 0;
    const mean = level * day[Math.floor(slot / 24)]! * Math.sin((Math.PI * (hour - 8)) / 14);
    return Math.max(0, Math.round(mean + (random() + random() + random() - 1.5) * 2 * Math.sqrt(mean)));
  });
}
