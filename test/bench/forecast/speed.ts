import { fitChampion } from "../../../cloud-ingest/forecast/fit.ts";
import type { Champion } from "../../../cloud-ingest/forecast/port.ts";
import { predict } from "../../../cloud-ingest/forecast/predict.ts";
import type { Panel } from "../../../cloud-ingest/quality/panel.ts";
import { Random } from "../quality/random.ts";
import { spentOn } from "../warehouse/measure.ts";

/** Learnt together, as the job has it. */
const STORES = 25;
const DAYS = 730;
const HOURS = 24;
const WANTED = 1000;

/**
 * Fit and forecast of one group of made shops, hourly over two years, in this one thread; and the night's forecast of 1,000 of them, group by group.
 * Of the processor, as others use the machine too.
 */
export async function speedLines(): Promise<string[]> {
  const panel = madeShops(0);
  const context = { calendars: [new Map()] };
  let champion: Champion | undefined;
  const fit = await spentOn(async () => {
    champion = await fitChampion(panel, context, { horizonDays: 28 });
  });
  let most = process.memoryUsage().rss;
  let foretoldMs = 0;
  for (let group = 0; champion && group < WANTED / STORES; group++) {
    const [own, known] = [madeShops(group), champion];
    foretoldMs += (await spentOn(() => predict(known, own, context, { horizon: 168 }))).cpuMs;
    most = Math.max(most, process.memoryUsage().rss);
  }
  const [fitMs, predictMs] = [fit.cpuMs / STORES, foretoldMs / WANTED];
  return [
    `CPU ${(fitMs + predictMs).toFixed(0)} ms a shop of two years by hour (fit ${fitMs.toFixed(0)}, forecast ${predictMs.toFixed(1)}): ${WANTED} shops on two cores ${(((fitMs + predictMs) * WANTED) / 2000).toFixed(0)} s (goal with clusters: 480 s)`,
    `memory of this process, the most while ${WANTED} shops were foretold in groups of ${STORES}: ${(most / 1e6).toFixed(0)} MB (goal: 1500 MB)`,
  ];
}

function madeShops(group: number): Panel {
  const random = new Random(5 + group);
  const values = Array.from({ length: STORES }, () => {
    const size = 200 + 2000 * random.next();
    return Float64Array.from({ length: DAYS * HOURS }, (_, slot) => {
      const [day, hour] = [Math.floor(slot / HOURS), slot % HOURS];
      const open = hour >= 10 && hour < 21 ? 1 / 11 : 0;
      const season = 1 + 0.2 * Math.sin((2 * Math.PI * day) / 365);
      return Math.round(size * open * season * (1 + 0.3 * (day % 7 >= 5 ? 1 : 0)) * (0.7 + 0.6 * random.next()));
    });
  });
  const names = values.map((_, i) => `shop-${i}`);
  return { step: "hour", from: "2024-01-01", days: DAYS, names, values, notes: new Map() };
}
