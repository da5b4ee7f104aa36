import type { DeviceTracker, ScoreGates } from "../firmware-config/config/tracker.ts";
import type { Picture } from "./camera/port.ts";
import { addTotals, Counter, type CounterTotals } from "./counter/counter.ts";
import type { CounterEvent } from "./counter/counter-events.ts";
import type { Detections } from "./detector/detections.ts";
import { FootAtCentre } from "./foot-at-centre.ts";
import { type Counted, type StageSettings, stageSettings } from "./stage-settings.ts";
import { Masks } from "./tracker/masks.ts";
import { MAX_MOMENTS, MAX_TRACKS, Tracker } from "./tracker/tracker.ts";
import type { Tracks } from "./tracker/tracks.ts";

interface StagesOptions {
  readonly config: Counted;
  readonly trackerConfig: DeviceTracker;
  /** The scores of its model; default: the usual ones. */
  readonly gates?: ScoreGates | undefined;
}

/** The stages of one camera that know the size of its picture, with what they have counted over all sizes. */
export class Stages {
  tracker: Tracker;
  counter: Counter;
  #masks: Masks;
  readonly #settings: StageSettings;
  readonly #feet: FootAtCentre | undefined;
  #picture: Picture = { width: 0, height: 0 };
  #before: CounterTotals;

  constructor({ config, trackerConfig, gates }: StagesOptions) {
    this.#settings = stageSettings(config, trackerConfig, gates);
    const { tracker, constants, lines, zones, masks, foot } = this.#settings;
    this.#masks = new Masks({ ...this.#picture, masks, foot });
    this.#feet = foot === "centre" ? new FootAtCentre(MAX_TRACKS, MAX_MOMENTS) : undefined;
    this.tracker = new Tracker(tracker, this.#picture, constants);
    this.counter = new Counter(lines, zones, this.#picture);
    this.#before = this.counter.totals();
  }

  fit({ width, height }: Picture): boolean {
    return this.#picture.width === width && this.#picture.height === height;
  }

  /** Makes them anew for pictures of this size, and gives what the former ones still held back. */
  renew(picture: Picture): readonly CounterEvent[] {
    const { tracker, constants, lines, zones, entries, masks, foot } = this.#settings;
    const held = this.counter.finish();
    this.#before = this.totals();
    this.#picture = picture;
    const { width, height } = picture;
    this.#masks = new Masks({ width, height, masks, foot });
    this.tracker = new Tracker(tracker, { width, height, entries, foot }, constants);
    this.counter = new Counter(lines, zones, picture);
    return held;
  }

  /** The tracks of one frame of what was found in it, but for the masked; reused by the next call. */
  track(detections: Detections, atS: number): Tracks {
    return this.tracker.update(this.#masks.of(detections), atS);
  }

  /** What the tracks of one frame count for; the array is reused by the next call. */
  count(tracks: Tracks, atS: number): readonly CounterEvent[] {
    return this.counter.update(this.#feet?.of(tracks) ?? tracks, atS);
  }

  /** What was counted since the start. */
  totals(): CounterTotals {
    return addTotals(this.#before, this.counter.totals());
  }
}
