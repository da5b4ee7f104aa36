import { expect, test } from "vitest";
import { TrackFinisher, WAIT_S } from "../../../edge-agent/tracker/track-finisher.ts";
import { createTracks } from "../../../edge-agent/tracker/tracks.ts";
import { Random } from "./random.ts";

const FPS = 10;

/** Rows of one walker, 10 pictures a second, whose box is `wobble` off; not seen where `isHidden`. */
function finish(options: { frames: number; wobble?: number; isHidden?: (frame: number) => boolean; past?: number }) {
  const { frames, wobble = 0, isHidden = () => false, past = 0 } = options;
  const random = new Random(2);
  const rows: { frame: number; id: number; x: number; height: number }[] = [];
  const finisher = new TrackFinisher((frame, id, { box }) => {
    rows.push({ frame, id, x: (box[0]! + box[2]!) / 2, height: box[3]! - box[1]! });
  });
  const tracks = createTracks(2, 1000);
  const boxOf = (frame: number) => {
    const x = 10 * frame + wobble * random.normal();
    return [x - 20, 100 - wobble * random.normal(), x + 20, 200];
  };
  for (let frame = 1; frame <= frames; frame++) {
    tracks.count = frame <= past || isHidden(frame) ? 0 : 1;
    tracks.ids[0] = 1;
    tracks.seen.set(boxOf(frame));
    tracks.past.count = 0;
    for (let p = 1; frame === past + 1 && p <= past; p++) {
      tracks.past.ids[tracks.past.count] = 1;
      tracks.past.atS[tracks.past.count] = p / FPS;
      tracks.past.seen.set(boxOf(p), 4 * tracks.past.count++);
    }
    finisher.add(frame, frame / FPS, tracks);
  }
  finisher.finish();
  return rows;
}

test("boxes that do not wobble stay as they are, in order, one a frame", () => {
  const rows = finish({ frames: 2000 });
  expect(rows.map(({ frame }) => frame)).toEqual(Array.from({ length: 2000 }, (_, k) => k + 1));
  for (const { frame, x, height } of rows) {
    expect(x).toBeCloseTo(10 * frame, 3);
    expect(height).toBeCloseTo(100, 3);
  }
});

test("boxes that wobble come out with half of it at most", () => {
  const rows = finish({ frames: 500, wobble: 4 });
  const inner = rows.slice(20, -20);
  const error = Math.sqrt(inner.reduce((sum, { frame, x }) => sum + (x - 10 * frame) ** 2, 0) / inner.length);
  expect(error).toBeLessThan(2);
});

test("a gap up to 2.5 s is filled straight, a longer one is not", () => {
  expect(finish({ frames: 100, isHidden: (frame) => frame > 40 && frame < 65 }).length).toBe(100);
  const long = finish({ frames: 100, isHidden: (frame) => frame > 40 && frame < 70 });
  expect(long.length).toBe(71);
});

test("who is reported late is in the file from the first picture on, up to the wait", () => {
  expect(finish({ frames: 100, past: 60 })[0]).toMatchObject({ frame: 1, id: 1 });
  const tooLate = finish({ frames: 2000, past: 10 * WAIT_S + 300 });
  expect(tooLate.map(({ frame }) => frame)).toEqual([...tooLate.map(({ frame }) => frame)].sort((a, b) => a - b));
  expect(tooLate[0]?.frame).toBeGreaterThan(1);
});
