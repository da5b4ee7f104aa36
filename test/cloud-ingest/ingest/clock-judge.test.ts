import { describe, expect, it } from "vitest";
import { ClockJudge } from "../../../cloud-ingest/ingest/clock-judge.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const DAY_S = 86_400;
const FUTURE = "ts is more than a day in the future";

/** A judge whose machine tells `now`, with rows received at `newest`. */
function judged(now: string, newest?: string) {
  const clock = new ManualClock(now);
  const log = new LogRecorder();
  const troubles = new Troubles({ log, clock });
  const judge = new ClockJudge({ clock, troubles });
  if (newest !== undefined) judge.note(Date.parse(newest));
  const faultOf = (ts: string, clockSynced = true) => judge.faultOf({ ts, clockSynced }, clock.nowMs());
  return { clock, judge, troubles, log, faultOf };
}

describe("a clock of ours that is a month behind", () => {
  const NOW = "2026-10-26T12:00:00Z";
  const NEWEST = "2026-11-26T11:00:00Z";

  it("does not judge the synced clock of a device, and says that it is wrong", () => {
    const { faultOf, troubles, log } = judged(NOW, NEWEST);
    expect(faultOf("2026-11-26T12:00:00Z")).toBeUndefined();
    expect(faultOf("2026-11-29T12:00:00Z")).toBeUndefined();
    expect(troubles.list()).toMatchObject([
      { code: "clock-behind", text: expect.stringContaining("times of receipt") },
    ]);
    expect(log.lines).toHaveLength(1);
  });

  it("believes no clock that is not synced, and none more than a month beyond what we told before", () => {
    const { faultOf } = judged(NOW, NEWEST);
    expect(faultOf("2026-11-26T12:00:00Z", false)).toBe(FUTURE);
    expect(faultOf("2026-12-27T11:00:00.000Z")).toBeUndefined();
    expect(faultOf("2026-12-27T11:00:00.001Z")).toBe(FUTURE);
  });

  it("goes on believing while the machine runs on with the wrong clock", () => {
    const { faultOf, clock } = judged(NOW, NEWEST);
    clock.advance(40 * DAY_S);
    expect(faultOf("2027-01-05T12:00:00Z")).toBeUndefined();
  });

  it("is over when the clock is set", () => {
    const { faultOf, clock, judge, troubles } = judged(NOW, NEWEST);
    faultOf("2026-11-26T12:00:00Z");
    clock.set("2026-11-26T12:05:00Z");
    judge.note(clock.nowMs());
    expect(troubles.list()).toEqual([]);
    expect(faultOf("2026-11-28T12:00:00Z")).toBe(FUTURE);
  });

  it("is not what a device can bring about: claims of the future leave the judge as it was", () => {
    const { faultOf, judge, clock, troubles } = judged("2026-11-26T12:00:00Z", "2026-11-26T11:59:00Z");
    for (let day = 2; day < 40; day++) {
      expect(faultOf(new Date(clock.nowMs() + day * DAY_S * 1000).toISOString())).toBe(FUTURE);
      expect(faultOf(new Date(clock.nowMs() + DAY_S * 1000).toISOString())).toBeUndefined();
      judge.note(clock.nowMs());
    }
    expect(troubles.list()).toEqual([]);
  });
});

describe("a message that came while our clock was wrong is judged by the clock that is right now", () => {
  const { judge } = judged("2026-11-26T12:00:00Z");
  const TS = "2026-11-26T11:00:00Z";
  it.each([
    { name: "received a month behind", receivedAt: "2026-10-26T12:00:00Z" },
    { name: "received six years ahead", receivedAt: "2032-12-04T18:02:56Z" },
    { name: "received in 1970", receivedAt: "1970-01-02T00:00:00Z" },
    { name: "received in 2100", receivedAt: "2100-01-02T00:00:00Z" },
  ])("$name, from a synced device and from one that is not", ({ receivedAt }) => {
    for (const clockSynced of [true, false])
      expect(judge.faultOf({ ts: TS, clockSynced }, Date.parse(receivedAt))).toBeUndefined();
  });

  it("stays refused when neither clock takes it", () => {
    expect(judge.faultOf({ ts: "2027-11-26T11:00:00Z", clockSynced: true }, Date.parse("2026-11-26T12:00:00Z"))).toBe(
      FUTURE,
    );
    expect(judge.faultOf({ ts: "2019-11-26T11:00:00Z", clockSynced: true }, Date.parse("2026-11-26T12:00:00Z"))).toBe(
      "ts is more than five years ago",
    );
  });
});
