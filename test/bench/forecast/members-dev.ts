import { trafficFolder } from "../quality/data.ts";
import { dailySets } from "./sets.ts";
import { makeDays, daysBefore } from "../../../cloud-ingest/forecast/days/make-days.ts";
import { seasonalNaive } from "../../../cloud-ingest/forecast/members/seasonal-naive.ts";
import { levelShape } from "../../../cloud-ingest/forecast/members/level-shape.ts";
import { ridge } from "../../../cloud-ingest/forecast/members/ridge.ts";
import { boostedTrees } from "../../../cloud-ingest/forecast/members/boosted-trees.ts";
import type { Member } from "../../../cloud-ingest/forecast/port.ts";

const members: Member[] = [seasonalNaive, levelShape, ridge, boostedTrees];
for (const set of dailySets(trafficFolder()!)) {
  const { panel, horizon, origins, season } = set;
  const all = makeDays(panel, { calendars: [panel.notes] }, horizon);
  const last = panel.days - horizon;
  const names = [...members.map((m) => m.name), "mean"];
  const acc = names.map(() => ({ mase: 0, ae: 0, n: 0, y: 0, mean: 0, maes: 0 }));
  let pairs = 0, ms = 0;
  for (let k = 0; k < origins; k++) {
    const origin = last - 28 * (origins - 1 - k);
    const t0 = performance.now();
    const days = daysBefore(all, origin);
    const preds: (readonly Float64Array[])[] = [];
    for (const m of members) preds.push(await (await m.fit(days)).predict(days, horizon));
    ms += performance.now() - t0;
    preds.push(panel.names.map((_, s) => preds[1]![s]!.map((v, h) => Math.cbrt(v * preds[2]![s]![h]! * preds[3]![s]![h]!))));
    panel.names.forEach((_, s) => {
      const y = (set.truth ?? panel.values)[s]!;
      let sc = 0, n = 0;
      for (let d = season; d < origin; d++) { const e = Math.abs(y[d]! - y[d - season]!); if (!Number.isNaN(e)) { sc += e; n++; } }
      sc /= n;
      let known = 0;
      for (let h = 0; h < horizon; h++) if (!Number.isNaN(y[origin + h]!)) known++;
      if (known === 0) return;
      pairs++;
      names.forEach((_, m) => {
        let ae = 0, sy = 0;
        for (let h = 0; h < horizon; h++) { const v = y[origin + h]!; if (Number.isNaN(v)) continue; ae += Math.abs(v - preds[m]![s]![h]!); sy += v; }
        acc[m]!.mase += ae / known / sc; acc[m]!.maes += ae / known; acc[m]!.ae += ae; acc[m]!.y += sy;
      });
    });
  }
  console.log(set.name, "pairs", pairs, "ms/series-origin", (ms / pairs).toFixed(1));
  names.forEach((name, m) => console.log("   ", name.padEnd(16), (acc[m]!.mase / pairs).toFixed(3), (100 * acc[m]!.ae / acc[m]!.y).toFixed(1), (acc[m]!.maes / acc[0]!.maes).toFixed(3)));
}
