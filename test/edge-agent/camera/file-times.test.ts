import { describe, expect, it } from "vitest";
import { FileTimes, type FileTimesOptions } from "../../../edge-agent/camera/file-times.ts";
import { FakeClock } from "../../support/drafts.ts";

const OPTIONS: FileTimesOptions = { startMs: 0, fps: 10 };

/** Plays a round whose frames are shown at `shownS`. */
function play(times: FileTimes, shownS: readonly number[]) {
  times.begin();
  for (const atS of shownS) times.add(atS);
  times.end();
  return shownS.map((_, arrival) => {
    const frame = { index: 0, captureMs: 0, atS: 0 };
    times.stamp(frame, arrival);
    return frame;
  });
}

const every = (stepS: number, count: number) => Array.from({ length: count }, (_, i) => i * stepS);
const NO = Number.NaN;

describe("FileTimes", () => {
  it("numbers frames from 0 and stamps them as the file shows them", () => {
    expect(play(new FileTimes({ ...OPTIONS, startMs: 1000 }), [0, 0.1, 0.75])).toEqual([
      { index: 0, captureMs: 1000, atS: 0 },
      { index: 1, captureMs: 1100, atS: 0.1 },
      { index: 2, captureMs: 1750, atS: 0.75 },
    ]);
  });

  it.each([
    { name: "a constant rate", shownS: every(0.1, 5), atS: [0, 0.1, 0.2, 0.3, 0.4] },
    { name: "a rate that changes", shownS: [0, 0.1, 0.2, 0.7, 1.2], atS: [0, 0.1, 0.2, 0.7, 1.2] },
    { name: "a first frame that is not at 0", shownS: [1.4, 1.5, 1.63], atS: [0, 0.1, 0.23] },
    { name: "times rounded to the millisecond", fps: 30, shownS: [0, 0.033, 0.067], atS: [0, 1 / 30, 2 / 30] },
    { name: "no times", shownS: [NO, NO, NO], atS: [0, 0.1, 0.2] },
    { name: "a missing time", shownS: [0, 0.15, NO, 0.35], atS: [0, 0.15, 0.25, 0.35] },
    { name: "first times missing", shownS: [NO, 7, 7.25], atS: [0, 0.1, 0.35] },
    { name: "a doubled time", shownS: [0, 0.1, 0.1, 0.2], atS: [0, 0.1, 0.101, 0.2] },
    { name: "a time a little back", shownS: [0, 0.4, 0.3, 0.5], atS: [0, 0.4, 0.401, 0.5] },
    { name: "a clock set anew", shownS: [50, 58, 0, 0.25], atS: [0, 8, 8.1, 8.35] },
  ])("$name", ({ shownS, atS, fps = 10 }) => {
    const frames = play(new FileTimes({ ...OPTIONS, fps }), shownS);
    expect(frames.map((frame) => frame.index)).toEqual(shownS.map((_, i) => i));
    for (const [i, frame] of frames.entries()) expect(frame.atS).toBeCloseTo(atS[i] ?? NO, 9);
  });

  it.each([10, 25, 30000 / 1001, 60])("gives exactly k / fps at a constant rate of %f", (fps) => {
    const shownS = Array.from({ length: 2000 }, (_, k) => Math.round((k / fps) * 1e6) / 1e6);
    const frames = play(new FileTimes({ ...OPTIONS, fps }), shownS);
    expect(frames.map((frame) => frame.atS)).toEqual(shownS.map((_, k) => k / fps));
  });

  it("always grows", () => {
    let state = 1;
    const random = () => {
      state = (state * 16807) % 2147483647;
      return state / 2147483647;
    };
    const shownS = Array.from({ length: 5000 }, () => (random() < 0.1 ? NO : (random() - 0.3) * 10 ** (6 * random())));
    const frames = play(new FileTimes(OPTIONS), shownS);
    for (let i = 1; i < frames.length; i++) expect(frames[i]!.atS).toBeGreaterThan(frames[i - 1]!.atS);
  });

  it("gives thinned frames the number that they have in the file, whatever their times, and counts those left out", () => {
    const times = new FileTimes({ ...OPTIONS, fps: 25 });
    const stampOf = (shownS: number, arrival: number) => {
      const frame = { index: 0, captureMs: 0, atS: 0 };
      times.add(shownS);
      times.stamp(frame, arrival);
      return frame.index;
    };
    times.begin();
    const round = (left: readonly number[]) =>
      left.map((more, arrival) => {
        for (let i = 0; i <= more; i++) times.see();
        return stampOf(arrival * arrival, arrival);
      });
    expect(round([0, 2, 1, 2])).toEqual([0, 3, 5, 8]);
    times.see();
    expect(times.seen).toBe(10);
    times.begin();
    expect(round([0, 2])).toEqual([9, 12]);
    expect(times.seen).toBe(14);
  });

  it("counts every frame as shown where none is left out", () => {
    const times = new FileTimes(OPTIONS);
    play(times, every(0.1, 5));
    play(times, every(0.1, 3));
    expect(times.seen).toBe(8);
  });

  it("makes a frame wait for its time, unless no more times come", () => {
    const times = new FileTimes(OPTIONS);
    times.begin();
    expect(times.isNextKnown).toBe(false);
    times.add(0);
    expect(times.isNextKnown).toBe(true);
    times.stamp({ index: 0, captureMs: 0, atS: 0 }, 0);
    expect(times.isNextKnown).toBe(false);
    times.end();
    expect(times.isNextKnown).toBe(true);
  });

  it("goes on in a further round", () => {
    const times = new FileTimes(OPTIONS);
    play(times, every(0.1, 5));
    expect(play(times, [0, 0.15])).toMatchObject([
      { index: 5, captureMs: 500 },
      { index: 6, captureMs: 650 },
    ]);
  });

  it("follows the clock in a further round at realtime", () => {
    const clock = new FakeClock();
    const times = new FileTimes({ ...OPTIONS, clock });
    play(times, every(0.1, 5));
    clock.advance(900);
    expect(play(times, [0])[0]).toEqual({ index: 9, captureMs: 900, atS: 0.9 });
  });
});
