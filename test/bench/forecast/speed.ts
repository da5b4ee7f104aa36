import { fitChampion } from "../../../cloud-ingest/forecast/fit.ts";
import { predict } from "../../../cloud-ingest/forecast/predict.ts";
import type { Panel } from "../../../cloud-ingest/quality/panel.ts";
import { Random } from "../quality/random.ts";

const STORES = 200;
const DAYS = 730;
const HOURS = 24;
const WANTED = 1000;

/** Fit and forecast of made shops, hourly over two years, in this one thread; what 1,000 on two cores would take. */
export async function speedLines(): Promise<string[]> {
  const panel = madeShops();
  const context = { calendars: [new Map()] };
  const start = performance.now();
  const champion = await fitChampion(panel, context, { horizonDays: 28 });
  const fitted = performance.now();
  await predict(champion, panel, context, { horizon: 168 });
  const end = performance.now();
  const ms = (end - start) / STORES;
  return [
    `${ms.toFixed(0)} ms a shop of two years by hour (fit ${((fitted - start) / STORES).toFixed(0)}, forecast ${((end - fitted) / STORES).toFixed(1)}), one thread: ${WANTED} shops on two cores ${((ms * WANTED) / 2000).toFixed(0)} s (goal with clusters: 480 s)`,
    `memory of this process now ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB with ${STORES} shops`,
  ];
}

function madeShops(): Panel {
  const random = new Random(5);
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
