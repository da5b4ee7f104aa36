import { type DeviceTracker, type ScoreGates, TrackerConfig } from "../../../firmware-config/config/tracker.ts";
import { withDefaults } from "../../../firmware-config/config/with-defaults.ts";
import type { CounterTotals } from "../../counter/counter.ts";
import { Stages } from "../../stages.ts";
import type { SeenClip } from "./see-clip.ts";

const { confirmS, lostS, stillS } = withDefaults(TrackerConfig, {});
/** A device that configures nothing. */
const TIMES: DeviceTracker = { confirmS, lostS, stillS };

/** By how many crossings, visits and stops a clip is counted wrong under `gates`, with the product's own stages. */
export function differencesOf(clip: SeenClip, gates: ScoreGates): number {
  const lines = clip.lines.map(({ line }) => line);
  const zones = clip.zones.map(({ zone }) => zone);
  const stages = new Stages({ config: { lines, zones, detector: { type: "model" } }, trackerConfig: TIMES, gates });
  for (const { picture, detections, atS } of clip.pictures) {
    if (!stages.fit(picture)) stages.renew(picture);
    stages.count(stages.track(detections, atS), atS);
  }
  stages.counter.finish();
  return wrongIn(clip, stages.totals());
}

function wrongIn(clip: SeenClip, counted: CounterTotals): number {
  const ofLines = clip.lines.map(({ in: ins, out }, i) => {
    const line = counted.lines[i] ?? { in: 0, out: 0 };
    return Math.abs(line.in - ins) + Math.abs(line.out - out);
  });
  const ofZones = clip.zones.map(({ visits, stops }, i) => {
    const zone = counted.zones[i] ?? { visits: 0, stops: 0 };
    return Math.abs(zone.visits - visits) + (stops === undefined ? 0 : Math.abs(zone.stops - stops));
  });
  return [...ofLines, ...ofZones].reduce((sum, wrong) => sum + wrong, 0);
}
