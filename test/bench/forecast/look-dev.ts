import { addDays } from "../../../cloud-ingest/calendar.ts";
import { backtest } from "../../../cloud-ingest/forecast/backtest.ts";
import { OUR_MEMBERS } from "../../../cloud-ingest/forecast/members/all.ts";
import { Scorer } from "../../../cloud-ingest/forecast/score.ts";
import { SLOTS } from "../../../cloud-ingest/quality/panel.ts";
import { trafficFolder } from "../quality/data.ts";
import { dailySets, hourlySets } from "./sets.ts";

const folder = trafficFolder()!;
const want = process.argv[2] ?? "";
for (const set of [...dailySets(folder), ...hourlySets(folder)]) {
  if (set.name !== want) continue;
  const rows: string[] = [];
  for await (const round of backtest(
    set.panel,
    { calendars: [set.panel.notes] },
    {
      horizon: set.horizon,
      origins: set.origins,
      stepDays: 28,
      members: process.env.NOTREES ? OUR_MEMBERS.slice(0, 3) : OUR_MEMBERS,
    },
  )) {
    const sc = new Scorer({
      truth: set.truth ?? set.panel.values,
      slotsPerDay: SLOTS[set.panel.step],
      horizon: set.horizon,
      season: set.season,
    });
    sc.add(round);
    const s = sc.score();
    rows.push(
      `${addDays(set.panel.from, round.origin)} mase ${s.mase.toFixed(3)} naive ${s.naiveMase.toFixed(3)} c80 ${s.coverage80.toFixed(2)} ` +
        round.forecast.series
          .map((x, i) => {
            const o = new Scorer({
              truth: [(set.truth ?? set.panel.values)[i]!],
              slotsPerDay: SLOTS[set.panel.step],
              horizon: set.horizon,
              season: set.season,
            });
            o.add({ ...round, forecast: { ...round.forecast, series: [x] } });
            return o.score().mase.toFixed(2);
          })
          .join(" "),
    );
  }
  console.log(set.name);
  console.log(rows.join("\n"));
}
