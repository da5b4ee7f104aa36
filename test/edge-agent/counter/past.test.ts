import fc from "fast-check";
import { expect, test } from "vitest";
import { Counter } from "../../../edge-agent/counter/counter.ts";
import type { CounterEvent } from "../../../edge-agent/counter/counter-events.ts";
import { createTracks } from "../../../edge-agent/tracker/tracks.ts";
import { LINE, ZONE } from "./stream.ts";

/** Somebody who walks at `speed` from `fromX`, seen `fps` times a second for 12 s; reported from picture `reportedAt` on. */
interface Walk {
  readonly fromX: number;
  readonly speed: number;
  readonly fps: number;
  readonly reportedAt: number;
  /** Only every so many-th picture of the past is told. */
  readonly told: number;
}

function count({ fromX, speed, fps, reportedAt, told }: Walk): CounterEvent[] {
  const counter = new Counter([LINE], [ZONE], { width: 1000, height: 1000 });
  const tracks = createTracks(4, 600);
  const events: CounterEvent[] = [];
  const box = (k: number) => {
    const x = fromX + (speed * k) / fps;
    return [x - 20, 400, x + 20, 500];
  };
  for (let k = 0; k < 12 * fps; k++) {
    tracks.count = k < reportedAt ? 0 : 1;
    tracks.ids[0] = 1;
    tracks.boxes.set(box(k));
    tracks.past.count = 0;
    for (let p = 0; k === reportedAt && p < k; p += told) {
      tracks.past.ids[tracks.past.count] = 1;
      tracks.past.atS[tracks.past.count] = p / fps;
      tracks.past.boxes.set(box(p), 4 * tracks.past.count++);
    }
    events.push(...counter.update(tracks, k / fps));
  }
  return [...events, ...counter.finish()].sort((a, b) => a.kind.localeCompare(b.kind));
}

const walk = fc.record({
  fromX: fc.oneof(fc.integer({ min: 50, max: 420 }), fc.integer({ min: 580, max: 950 })),
  speed: fc.integer({ min: -70, max: 70 }),
  fps: fc.constantFrom(5, 10, 25),
  reportedAt: fc.integer({ min: 1, max: 50 }),
});

test("however late somebody is reported, the same is counted, once, and at its own time", () => {
  fc.assert(
    fc.property(walk, (one) => {
      const late = count({ ...one, told: 1 });
      expect(late).toEqual(count({ ...one, told: 1, reportedAt: 0 }));
      expect(late.filter(({ kind }) => kind === "crossing").length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 300 },
  );
});

test("a past of few moments counts the same: those between are filled in", () => {
  fc.assert(
    fc.property(walk, (one) => {
      const whole = count({ ...one, told: 1 });
      const sparse = count({ ...one, told: 10 });
      expect(sparse.filter(({ kind }) => kind === "crossing").length).toBe(
        whole.filter(({ kind }) => kind === "crossing").length,
      );
      expect(sparse.filter(({ kind }) => kind === "visit").length).toBe(
        whole.filter(({ kind }) => kind === "visit").length,
      );
    }),
    { numRuns: 300 },
  );
});
