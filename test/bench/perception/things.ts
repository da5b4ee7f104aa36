import { Counter, type CounterTotals } from "../../../edge-agent/counter/counter.ts";
import type { CounterEvent } from "../../../edge-agent/counter/counter-events.ts";
import { createDetections, type Detections } from "../../../edge-agent/detector/detections.ts";
import { Tracker } from "../../../edge-agent/tracker/tracker.ts";
import { ZoneConfig } from "../../../firmware-config/config/geometry.ts";
import { TrackerConfig } from "../../../firmware-config/config/tracker.ts";
import { withDefaults } from "../../../firmware-config/config/with-defaults.ts";
import { Random } from "../quality/random.ts";

const PICTURE = { width: 1000, height: 600 };
const CONFIG = withDefaults(TrackerConfig, {});
const EVERYWHERE = withDefaults(ZoneConfig, {
  id: "all",
  polygon: [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ],
});

/** Something of the shape of a person. */
export interface Figure {
  /** Centre of the foot, and height, pixels. */
  readonly x: number;
  readonly y: number;
  readonly height: number;
  /** Chance to be detected in a picture, standard deviation of its box in heights, score. */
  readonly chance: number;
  readonly wobble: number;
  readonly score: number;
}

/** What stands before the camera at `tS`. */
export type Show = (tS: number) => readonly Figure[];

/** A shop of which nobody but the detector says what is in it; the whole picture is one zone. */
export class Shop {
  readonly events: CounterEvent[] = [];
  readonly #tracker = new Tracker(CONFIG, PICTURE);
  readonly #counter = new Counter([], [EVERYWHERE], PICTURE);
  readonly #detections: Detections = createDetections(64);
  readonly #random: Random;

  constructor(seed = 1) {
    this.#random = new Random(seed);
  }

  /** Watches from `fromS` to `toS`; pictures of people inside, summed. */
  watch({ fromS, toS, fps }: { fromS: number; toS: number; fps: number }, show: Show): number {
    let inside = 0;
    for (let k = 0; fromS + k / fps < toS; k++) {
      const tS = fromS + k / fps;
      this.#detect(show(tS));
      this.events.push(...this.#counter.update(this.#tracker.update(this.#detections, tS), tS));
      inside += this.#counter.occupancy[0]!;
    }
    return inside;
  }

  close(): CounterTotals {
    this.events.push(...this.#counter.finish());
    return this.#counter.totals();
  }

  #detect(figures: readonly Figure[]): void {
    const detections = this.#detections;
    detections.count = 0;
    for (const { x, y, height, chance, wobble, score } of figures) {
      if (this.#random.next() >= chance) continue;
      const shaken = () => wobble * height * this.#random.normal();
      const [dx, dy, dw, dh] = [shaken(), shaken(), 0.4 * shaken(), shaken()];
      const half = 0.2 * height + dw / 2;
      detections.boxes.set([x + dx - half, y + dy - height - dh, x + dx + half, y + dy], 4 * detections.count);
      detections.scores[detections.count++] = score;
    }
  }
}

/** A mannequin of 200 pixels. */
export const MANNEQUIN: Figure = { x: 500, y: 500, height: 200, chance: 1, wobble: 0.01, score: 0.9 };

/** The ways in which a thing was once taken for a visitor. */
export const STILL: readonly { readonly name: string; readonly toS: number; readonly show: Show }[] = [
  { name: "there from the first picture", toS: 60, show: () => [MANNEQUIN] },
  { name: "the lights go on after two minutes", toS: 420, show: (tS) => (tS < 120 ? [] : [MANNEQUIN]) },
  {
    name: "seen for 30 s, away for 11 minutes, five times",
    toS: 3450,
    show: (tS) => (tS % 690 < 30 ? [MANNEQUIN] : []),
  },
  { name: "found in half of the pictures", toS: 120, show: () => [{ ...MANNEQUIN, chance: 0.5 }] },
  { name: "lights on for 60 s and off for 30 s, six times", toS: 540, show: (tS) => (tS % 90 < 60 ? [MANNEQUIN] : []) },
  { name: "a detector that wobbles by 4 %", toS: 1800, show: () => [{ ...MANNEQUIN, wobble: 0.04 }] },
  { name: "cut at the waist now and then", toS: 1800, show: (tS) => [tS % 7 < 2 ? cut(MANNEQUIN) : MANNEQUIN] },
];

const cut = (figure: Figure): Figure => ({
  ...figure,
  y: figure.y - 0.45 * figure.height,
  height: 0.55 * figure.height,
});

const DAY_S = 86_400;
const OPENS_S = 7 * 3600;
const CLOSES_S = 21 * 3600;
const DUSK_S = 1800;

/** Ten things in a shop that is dark at night: at dawn and dusk they are found now and then, and light moves their boxes. */
export function tenThings(): Show {
  const random = new Random(3);
  const things = Array.from({ length: 10 }, (_, k) => ({
    ...MANNEQUIN,
    x: 60 + 95 * k,
    y: 250 + 30 * random.between(0, 9),
    height: 80 + 20 * random.between(0, 6),
    wobble: 0.01 + 0.003 * random.between(0, 5),
    score: 0.3 + 0.07 * random.between(0, 9),
  }));
  return (tS) => {
    const day = tS % DAY_S;
    const light = Math.min(1, Math.max(0, Math.min(day - OPENS_S, CLOSES_S - day) / DUSK_S));
    if (light === 0) return [];
    const shadow = 0.03 * Math.sin((2 * Math.PI * day) / DAY_S);
    return things.map((thing) => ({
      ...thing,
      chance: light,
      y: thing.y + shadow * thing.height,
      score: thing.score * (0.6 + 0.4 * light),
    }));
  };
}
