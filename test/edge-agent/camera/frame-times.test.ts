import { describe, expect, it } from "vitest";
import { FileTimes, LiveTimes } from "../../../edge-agent/camera/frame-times.ts";
import { FakeClock } from "../../support/drafts.ts";

function stampAll(times: FileTimes, count: number) {
  times.begin();
  return Array.from({ length: count }, (_, arrival) => {
    const frame = { index: 0, captureMs: 0, atS: 0 };
    times.stamp(frame, arrival);
    return frame;
  });
}

describe("FileTimes", () => {
  it("numbers frames from 0 and spaces them by the file's rate", () => {
    const frames = stampAll(new FileTimes({ startMs: 1000, fps: 10, maxFps: 0 }), 3);
    expect(frames).toEqual([
      { index: 0, captureMs: 1000, atS: 0 },
      { index: 1, captureMs: 1100, atS: 0.1 },
      { index: 2, captureMs: 1200, atS: 0.2 },
    ]);
  });

  it("gives thinned frames the number that they have in the file", () => {
    const frames = stampAll(new FileTimes({ startMs: 0, fps: 25, maxFps: 10 }), 6);
    expect(frames.map((frame) => frame.index)).toEqual([0, 3, 5, 8, 10, 13]);
  });

  it("goes on in a further round", () => {
    const times = new FileTimes({ startMs: 0, fps: 10, maxFps: 0 });
    stampAll(times, 5);
    expect(stampAll(times, 2).map((frame) => frame.index)).toEqual([5, 6]);
  });

  it("follows the clock in a further round at realtime", () => {
    const clock = new FakeClock();
    const times = new FileTimes({ startMs: 0, fps: 10, maxFps: 0, clock });
    stampAll(times, 5);
    clock.advance(900);
    expect(stampAll(times, 1)[0]).toEqual({ index: 9, captureMs: 900, atS: 0.9 });
  });
});

describe("LiveTimes", () => {
  it("stamps arrival, and goes on over a reconnect", () => {
    const clock = new FakeClock();
    const times = new LiveTimes(clock);
    const frame = { index: 0, captureMs: 0, atS: 0 };
    times.stamp(frame);
    clock.advance(2500);
    times.begin();
    times.stamp(frame);
    expect(frame).toEqual({ index: 1, captureMs: clock.nowMs(), atS: 2.5 });
  });
});
