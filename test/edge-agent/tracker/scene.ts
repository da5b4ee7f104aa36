import { createDetections, type Detections } from "../../../edge-agent/detector/detections.ts";
import { Tracker } from "../../../edge-agent/tracker/tracker.ts";
import type { TrackerConfig } from "../../../firmware-config/config/tracker.ts";

export const CONFIG: TrackerConfig = {
  highScore: 0.5,
  lowScore: 0.1,
  newTrackScore: 0.6,
  confirmS: 0.25,
  lostS: 2.5,
  stillS: 60,
};

/** A person 100 pixels high and 40 wide, by the foot point. */
export interface Person {
  readonly x: number;
  readonly y: number;
  readonly score?: number;
}

/** What a tracker said about one frame. */
export interface Seen {
  readonly ids: number[];
  /** Foot points, in the order of `ids`. */
  readonly feet: (readonly [number, number])[];
  readonly ended: number[];
}

export function detectionsOf(people: readonly Person[], capacity = 512): Detections {
  const detections = createDetections(capacity);
  for (const { x, y, score } of people) {
    detections.boxes.set([x - 20, y - 100, x + 20, y], 4 * detections.count);
    detections.scores[detections.count] = score ?? 0.9;
    detections.count++;
  }
  return detections;
}

/** A tracker that is fed with people. */
export class Scene {
  readonly tracker: Tracker;

  constructor(config: Partial<TrackerConfig> = {}) {
    this.tracker = new Tracker({ ...CONFIG, ...config }, { width: 1000, height: 600 });
  }

  show(tS: number, ...people: Person[]): Seen {
    const { count, ids, boxes, endedCount, endedIds } = this.tracker.update(detectionsOf(people), tS);
    const feet = Array.from({ length: count }, (_, i) => {
      return [(boxes[4 * i]! + boxes[4 * i + 2]!) / 2, boxes[4 * i + 3]!] as const;
    });
    return { ids: [...ids.subarray(0, count)], feet, ended: [...endedIds.subarray(0, endedCount)] };
  }
}
