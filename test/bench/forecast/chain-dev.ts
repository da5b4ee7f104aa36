import { backtest } from "../../../cloud-ingest/forecast/backtest.ts";
import { OUR_MEMBERS } from "../../../cloud-ingest/forecast/members/all.ts";
import { Scorer } from "../../../cloud-ingest/forecast/score.ts";
import { SLOTS } from "../../../cloud-ingest/quality/panel.ts";
import { trafficFolder } from "../quality/data.ts";
import { dailySets, hourlySets } from "./sets.ts";

const folder = trafficFolder()!;
const MEM = process.env.NOTREES ? OUR_MEMBERS.slice(0, 3) : OUR_MEMBERS;
const want = process.argv[2] ?? "";
const f = (x: number) => x.toFixed(3);
for (const set of [...dailySets(folder), ...hourlySets(folder)]) {
  if (!set.name.includes(want)) continue;
  const scorer = new Scorer({
    truth: set.truth ?? set.panel.values,
    slotsPerDay: SLOTS[set.panel.step],
    horizon: set.horizon,
    season: set.season,
  });
  const t0 = performance.now();
  let n = 0;
  let m = "";
  for await (const round of backtest(
    set.panel,
    { calendars: [set.panel.notes] },
    { horizon: set.horizon, origins: set.origins, stepDays: 28, members: MEM },
  )) {
    scorer.add(round);
    n += round.forecast.series.length;
    m = round.forecast.series[0]!.model;
  }
  const s = scorer.score();
  console.log(
    set.name.padEnd(34),
    "MASE",
    f(s.mase),
    "goal",
    set.goal ?? "-",
    "naive",
    f(s.naiveMase),
    "WAPE",
    s.wape.toFixed(1),
    "rel",
    f(s.relative),
    "c80",
    f(s.coverage80),
    "c95",
    f(s.coverage95),
    "w",
    f(s.width80),
    "ms",
    ((performance.now() - t0) / n).toFixed(0),
    m,
  );
}
