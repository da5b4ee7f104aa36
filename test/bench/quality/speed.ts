import { imputePanel } from "../../../cloud-ingest/quality/impute/impute-panel.ts";
import { judgePanel } from "../../../cloud-ingest/quality/judge-panel.ts";
import type { Panel } from "../../../cloud-ingest/quality/panel.ts";
import { Random } from "./random.ts";

const STORES = 40;
const DOORS = 4;
const DAYS = 730;
const ALL_SERIES = 4000;
const CORES = 2;

/** Time of a part of 1,000 stores x 4 doors x 2 years, judged store by store as the job does, and what it makes of all of them. */
export function speedLines(): string[] {
  const random = new Random(51);
  const panels = Array.from({ length: STORES }, () => storePanel(random));
  judgePanel(panels[0]!);
  const startMs = performance.now();
  let judgedMs = 0;
  for (const panel of panels) {
    const fromMs = performance.now();
    const { isMissing } = judgePanel(panel);
    judgedMs += performance.now() - fromMs;
    imputePanel(panel, isMissing);
  }
  const perSeriesMs = (performance.now() - startMs) / (STORES * DOORS);
  const wholeS = (perSeriesMs * ALL_SERIES) / 1000 / CORES;
  const rssMb = process.resourceUsage().maxRSS / 1024;
  return [
    `${perSeriesMs.toFixed(1)} ms a series of two years hourly (judging ${(judgedMs / (STORES * DOORS)).toFixed(1)} ms): 1,000 stores x 4 doors on ${CORES} cores ${wholeS.toFixed(0)} s`,
    `memory of this process at most ${rssMb.toFixed(0)} MB, with the bench's data in it`,
  ];
}

/** A made-up store: opening hours, a week, a season, weather that its doors share, one dead week. */
function storePanel(random: Random): Panel {
  const weather = Float64Array.from({ length: DAYS }, () => Math.exp(0.15 * random.normal()));
  const values = Array.from({ length: DOORS }, (_, door) => {
    const series = new Float64Array(DAYS * 24);
    for (let slot = 0; slot < series.length; slot++) {
      const [day, hour] = [Math.floor(slot / 24), slot % 24];
      const rate =
        hour < 9 || hour > 20
          ? 0
          : 30 * (door + 1) * (day % 7 > 4 ? 1.6 : 1) * weather[day]! * Math.sin(((hour - 8) / 14) * Math.PI);
      series[slot] = Math.max(0, Math.round(rate + Math.sqrt(rate) * random.normal()));
    }
    const dead = random.between(100, 600);
    if (door === 0) series.fill(0, dead * 24, (dead + 7) * 24);
    return series;
  });
  return {
    step: "hour",
    from: "2024-01-01",
    days: DAYS,
    names: values.map((_, door) => `door ${door}`),
    values,
    notes: new Map(),
  };
}
