import { Counter } from "../../../edge-agent/counter/counter.ts";
import { createDetections } from "../../../edge-agent/detector/detections.ts";
import { Tracker } from "../../../edge-agent/tracker/tracker.ts";
import { LineConfig, ZoneConfig } from "../../../firmware-config/config/geometry.ts";
import { withDefaults } from "../../../firmware-config/config/with-defaults.ts";
import { Random } from "../quality/random.ts";
import { median } from "../result.ts";
import { DEFAULTS } from "./run-tracker.ts";

const PEOPLE = 50;
const FPS = 10;
const PICTURE = { width: 1920, height: 1080 };
const ROUNDS = 20;
const FRAMES = 100;

/** Time of the tracker and all counters for one picture with 50 people, four lines and four zones. */
export function speedLine(): string {
  const random = new Random(11);
  const people = Array.from({ length: PEOPLE }, () => ({
    x: 1920 * random.next(),
    y: 200 + 800 * random.next(),
    speed: 60 * random.normal(),
  }));
  const tracker = new Tracker(DEFAULTS.config, PICTURE);
  const counter = new Counter(lines(), zones(), PICTURE);
  const detections = createDetections(PEOPLE);
  const times: number[] = [];
  for (let frame = 0; frame < ROUNDS * FRAMES; frame++) {
    detections.count = 0;
    for (const person of people) {
      person.x = (person.x + person.speed / FPS + 1920) % 1920;
      if (random.next() < 0.05) continue;
      const [x, y] = [person.x + 3 * random.normal(), person.y + 3 * random.normal()];
      detections.boxes.set([x - 30, y - 150, x + 30, y], 4 * detections.count);
      detections.scores[detections.count++] = 0.9;
    }
    const startMs = performance.now();
    counter.update(tracker.update(detections, frame / FPS), frame / FPS);
    times.push(performance.now() - startMs);
  }
  return `tracker, four lines and four zones, ${PEOPLE} people: ${median(times).toFixed(3)} ms a picture`;
}

const at = (k: number) => 0.2 + 0.15 * k;

const lines = () =>
  [0, 1, 2, 3].map((k) => withDefaults(LineConfig, { id: `l${k}`, from: [at(k), 0], to: [at(k), 1] }));

const zones = () =>
  [0, 1, 2, 3].map((k) => {
    const polygon = [
      [at(k), 0.2],
      [at(k) + 0.15, 0.2],
      [at(k) + 0.15, 0.9],
      [at(k), 0.9],
    ];
    return withDefaults(ZoneConfig, { id: `z${k}`, polygon });
  });
