import type { Visit } from "../../../../edge-agent/counter/counter-events.ts";
import { Stages } from "../../../../edge-agent/stages.ts";
import type { TrackerConfig } from "../../../../firmware-config/config/tracker.ts";
import type { Scene, TrueLine, TrueZone } from "./scenes.ts";
import { detectionsOf, type SeenPicture } from "./seen-pictures.ts";

/** A visit's ends may be off by so much: what the eye is good for, seconds. */
const END_S = 0.5;

/** What was counted of one line or zone, and how much of it is wrong. */
export interface Difference {
  readonly text: string;
  readonly wrong: number;
}

/** Counts a scene with the product's own stages. */
export function countPictures(
  scene: Scene,
  pictures: readonly SeenPicture[],
  trackerConfig: TrackerConfig,
): readonly Difference[] {
  const lines = scene.lines.map(({ line }) => line);
  const zones = scene.zones.map(({ zone }) => zone);
  const stages = new Stages({ config: { lines, zones, detector: { type: "model" } }, trackerConfig });
  const visits: Visit[] = [];
  const note = (events: ReturnType<Stages["count"]>) => {
    for (const event of events) if (event.kind === "visit") visits.push({ ...event });
  };
  for (const picture of pictures) {
    if (!stages.fit(picture)) note(stages.renew(picture));
    note(stages.count(stages.track(detectionsOf(picture), picture.atS), picture.atS));
  }
  note(stages.counter.finish());
  const totals = stages.totals();
  return [
    ...scene.lines.map((truth, i) => lineDifference(truth, totals.lines[i] ?? { in: 0, out: 0 })),
    ...scene.zones.map((truth) =>
      zoneDifference(
        truth,
        visits.filter(({ zoneId }) => zoneId === truth.zone.id),
      ),
    ),
  ];
}

function lineDifference(truth: TrueLine, counted: { readonly in: number; readonly out: number }): Difference {
  return {
    text: `${truth.line.id} ${counted.in}/${counted.out} of ${truth.in}/${truth.out}`,
    wrong: Math.abs(counted.in - truth.in) + Math.abs(counted.out - truth.out),
  };
}

function zoneDifference({ visits, stops, spans }: TrueZone, counted: readonly Visit[]): Difference {
  const found = counted.length;
  const stopped = counted.filter(({ stop }) => stop).length;
  const ofStops = stops === undefined ? "" : `, ${stopped} of ${stops} stops`;
  const wrongStops = stops === undefined ? 0 : Math.abs(stopped - stops);
  if (spans === undefined) {
    return { text: `${found} of ${visits} visits${ofStops}`, wrong: Math.abs(found - visits) + wrongStops };
  }
  const right = spans.filter(([enteredS, leftS]) =>
    counted.some((visit) => Math.abs(visit.enteredAtS - enteredS) <= END_S && Math.abs(visit.leftAtS - leftS) <= END_S),
  ).length;
  const wrong = spans.length - right + Math.max(0, found - spans.length);
  const ends = spans.map(([enteredS, leftS], i) => {
    const visit = counted[i];
    return visit === undefined ? "-" : `${signed(visit.enteredAtS - enteredS)}/${signed(visit.leftAtS - leftS)}`;
  });
  return { text: `${found} of ${visits} visits, ${right} within ${END_S} s (${ends.join(" ")})`, wrong };
}

const signed = (seconds: number) => `${seconds < 0 ? "" : "+"}${seconds.toFixed(1)}`;
