import { Counter } from "../../../edge-agent/counter/counter.ts";
import type { CounterEvent } from "../../../edge-agent/counter/counter-events.ts";
import { createTracks } from "../../../edge-agent/tracker/tracks.ts";
import type { LineConfig, ZoneConfig } from "../../../firmware-config/config/geometry.ts";

/** The counting line x = 500 of a picture of 1000 x 1000; from the left to the right is `in`. */
export const LINE: LineConfig = { id: "door", from: [0.5, 1], to: [0.5, 0], bandRatio: 0.07, confirmS: 0.4, uTurnS: 1 };

/** The right half of the picture. */
export const ZONE: ZoneConfig = {
  id: "shelf",
  polygon: [
    [0.5, 0],
    [1, 0],
    [1, 1],
    [0.5, 1],
  ],
  stopS: 10,
  minVisitS: 0.5,
  leaveAfterS: 1.5,
};

/** A track's box of 40 x 100 pixels, by its foot point. */
export interface Walker {
  readonly id: number;
  readonly x: number;
  readonly y?: number;
}

/** A counter that is fed with walkers; collects what it publishes. */
export class Stream {
  readonly counter: Counter;
  readonly events: CounterEvent[] = [];
  readonly #tracks = createTracks(600);

  constructor({ lines = [LINE], zones = [] }: { lines?: LineConfig[]; zones?: ZoneConfig[] } = {}) {
    this.counter = new Counter(lines, zones, { width: 1000, height: 1000 });
  }

  show(tS: number, walkers: readonly Walker[], ended: readonly number[] = []): void {
    const tracks = this.#tracks;
    tracks.count = walkers.length;
    for (const [i, { id, x, y = 500 }] of walkers.entries()) {
      tracks.ids[i] = id;
      tracks.boxes.set([x - 20, y - 100, x + 20, y], 4 * i);
    }
    tracks.endedCount = ended.length;
    tracks.endedIds.set(ended);
    this.events.push(...this.counter.update(tracks, tS));
  }

  /** Shows track 1 along `path`, x by time, `fps` times a second; undefined = not seen. */
  walk(path: (tS: number) => number | undefined, toS: number, fps = 10): this {
    for (let frame = 0; frame / fps <= toS; frame++) {
      const x = path(frame / fps);
      this.show(frame / fps, x === undefined ? [] : [{ id: 1, x }]);
    }
    return this;
  }

  finish(): this {
    this.events.push(...this.counter.finish());
    return this;
  }

  /** Directions of the crossings in the order in which they were published. */
  get directions(): string[] {
    return this.events.flatMap((event) => (event.kind === "crossing" ? [event.direction] : []));
  }
}
