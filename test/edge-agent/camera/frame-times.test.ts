import { describe, expect, it } from "vitest";
import { LiveTimes } from "../../../edge-agent/camera/frame-times.ts";
import { FakeClock } from "../../support/drafts.ts";

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
