import type { CameraConfig } from "../firmware-config/config/device.ts";
import type { TrackerConfig } from "../firmware-config/config/tracker.ts";
import type { Picture } from "./camera/port.ts";
import { addTotals, Counter, type CounterTotals } from "./counter/counter.ts";
import type { CounterEvent } from "./counter/counter-events.ts";
import { Tracker } from "./tracker/tracker.ts";

interface StageSettings {
  readonly config: Pick<CameraConfig, "lines" | "zones">;
  readonly trackerConfig: TrackerConfig;
}

/** The stages of one camera that know the size of its picture, with what they have counted over all sizes. */
export class Stages {
  tracker: Tracker;
  counter: Counter;
  readonly #settings: StageSettings;
  #picture: Picture = { width: 0, height: 0 };
  #before: CounterTotals;

  constructor(settings: StageSettings) {
    this.#settings = settings;
    this.tracker = new Tracker(settings.trackerConfig, this.#picture);
    this.counter = new Counter(settings.config.lines, settings.config.zones, this.#picture);
    this.#before = this.counter.totals();
  }

  fit({ width, height }: Picture): boolean {
    return this.#picture.width === width && this.#picture.height === height;
  }

  /** Makes them anew for pictures of this size, and gives what the former ones still held back. */
  renew(picture: Picture): readonly CounterEvent[] {
    const { config, trackerConfig } = this.#settings;
    const held = this.counter.finish();
    this.#before = this.totals();
    this.#picture = picture;
    this.tracker = new Tracker(trackerConfig, picture);
    this.counter = new Counter(config.lines, config.zones, picture);
    return held;
  }

  /** What was counted since the start. */
  totals(): CounterTotals {
    return addTotals(this.#before, this.counter.totals());
  }
}
