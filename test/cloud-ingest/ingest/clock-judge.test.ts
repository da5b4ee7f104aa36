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
  const faultOf = (ts: string, clockSynced = true) =>
    judge.faultOf({ ts, clockSynced, historical: false }, clock.nowMs());
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
      expect(judge.faultOf({ ts: TS, clockSynced, historical: false }, Date.parse(receivedAt))).toBeUndefined();
  });

  it("stays refused when neither clock takes it", () => {
    expect(
      judge.faultOf(
        { ts: "2027-11-26T11:00:00Z", clockSynced: true, historical: false },
        Date.parse("2026-11-26T12:00:00Z"),
      ),
    ).toBe(FUTURE);
    expect(
      judge.faultOf(
        { ts: "2019-11-26T11:00:00Z", clockSynced: true, historical: false },
        Date.parse("2026-11-26T12:00:00Z"),
      ),
    ).toBe("ts is more than five years ago");
  });
});

describe("a mark of the future, left by a clock of ours that was ahead", () => {
  const NOW = "2026-11-26T12:00:00Z";
  const MINUTE_MS = 60_000;

  /** Devices that speak once a minute, each by a clock that is so many days ahead of ours; what is refused, by device. */
  function spoken(newest: string, devices: Readonly<Record<string, number>>, minutes: number) {
    const { clock, judge, troubles } = judged(NOW, newest);
    const speak = (of: string, daysAhead: number) => {
      const ts = new Date(clock.nowMs() + daysAhead * DAY_S * 1000).toISOString();
      const stamp = { ts, clockSynced: true, historical: false };
      judge.hear(of, stamp, clock.nowMs());
      return judge.faultOf(stamp, clock.nowMs());
    };
    const refused = new Map<string, number>();
    for (let minute = 0; minute < minutes; minute++) {
      for (const [device, daysAhead] of Object.entries(devices)) {
        if (speak(device, daysAhead) !== undefined) refused.set(device, (refused.get(device) ?? 0) + 1);
      }
      clock.advance(60);
    }
    const behindMs = judge.told().markMs - clock.nowMs();
    return { refused: Object.fromEntries(refused), behindMs, codes: troubles.list().map(({ code }) => code), speak };
  }

  it.each([
    { name: "an hour ahead", newest: "2026-11-26T13:00:00Z" },
    { name: "six years ahead", newest: "2032-12-04T18:00:00Z" },
  ])("comes back to now when a device bears out our clock: $name", ({ newest }) => {
    const { behindMs, codes, refused, speak } = spoken(newest, { a: 0 }, 7);
    expect({ behindMs, codes, refused }).toEqual({ behindMs: 0, codes: [], refused: {} });
    expect(speak("a", 20)).toBe(FUTURE);
  });

  it("stays for five minutes, so that the first to speak does not decide", () => {
    const newest = "2026-12-06T12:00:00Z";
    expect(spoken(newest, { a: 0 }, 5).behindMs).toBe(10 * DAY_S * 1000);
    expect(spoken(newest, { a: 0 }, 6).behindMs).toBe(0);
  });

  /** Nobody bears out our clock where the liar is alone: the mark stays and harms nobody. */
  const markLeft = (newest: string, devices: object) => ("a" in devices ? 0 : Date.parse(newest) - Date.parse(NOW));

  it.each([
    { name: "without a mark", newest: NOW, devices: { liar: 20 }, refused: { liar: 10 } },
    {
      name: "with one six years ahead, alone",
      newest: "2032-12-04T18:00:00Z",
      devices: { liar: 20 },
      refused: { liar: 10 },
    },
    {
      name: "with one six years ahead",
      newest: "2032-12-04T18:00:00Z",
      devices: { a: 0, liar: 20 },
      refused: { liar: 10 },
    },
    {
      name: "with one that it hits",
      newest: "2026-12-06T12:00:00Z",
      devices: { a: 0, b: 0, liar: 20 },
      refused: { liar: 10 },
    },
  ])("a device 20 days ahead is refused and no machine accused: $name", ({ newest, devices, refused }) => {
    expect(spoken(newest, devices, 10)).toMatchObject({ refused, behindMs: markLeft(newest, devices), codes: [] });
  });

  it.each([
    { name: "alone", devices: { a: 31 }, refused: {} },
    { name: "one of two by our clock", devices: { liar: 0, a: 31 }, refused: {} },
    { name: "one of three by our clock", devices: { liar: 0, a: 31, b: 31 }, refused: {} },
  ])("a month behind, right devices are believed, whatever one says: $name", ({ devices, refused }) => {
    const newest = "2026-12-27T11:00:00Z";
    expect(spoken(newest, devices, 20)).toMatchObject({
      refused,
      behindMs: 31 * DAY_S * 1000 - 60 * MINUTE_MS,
      codes: ["clock-behind"],
    });
  });

  it("without devices it stays and says nothing", () => {
    const { behindMs, codes } = spoken("2032-11-26T12:00:00Z", {}, 20);
    expect({ codes, stays: behindMs > 0 }).toEqual({ codes: [], stays: true });
  });

  it("is not borne out by what is sent late, by an unsynced clock, or by what waited", () => {
    const { clock, judge } = judged(NOW, "2026-12-06T12:00:00Z");
    for (let minute = 0; minute < 20; minute++) {
      const stamp = { ts: new Date(clock.nowMs()).toISOString(), clockSynced: true, historical: false };
      judge.hear("a", { ...stamp, historical: true }, clock.nowMs());
      judge.hear("b", { ...stamp, clockSynced: false }, clock.nowMs());
      judge.hear("c", stamp, clock.nowMs() - 6 * MINUTE_MS);
      clock.advance(60);
    }
    expect(judge.told().markMs - clock.nowMs()).toBe(10 * DAY_S * 1000);
  });

  it("a backlog from before the mark is believed while our clock is behind", () => {
    const { judge, clock } = judged(NOW, "2026-12-06T12:00:00Z");
    const stamp = { ts: "2026-12-03T12:00:00Z", clockSynced: true, historical: true };
    expect(judge.faultOf(stamp, clock.nowMs())).toBeUndefined();
    expect(judge.faultOf({ ...stamp, historical: false }, clock.nowMs())).toBe(FUTURE);
  });
});

describe("how far a clock of ours may be behind", () => {
  const MINUTE_MS = 60_000;
  const MARK_MS = Date.parse("2026-11-26T12:00:00Z");
  const at = (ms: number) => new Date(MARK_MS + ms).toISOString();

  it.each([
    { name: "five minutes are what NTP corrects", behindMs: 5 * MINUTE_MS, fault: FUTURE },
    { name: "a millisecond more is a lost clock", behindMs: 5 * MINUTE_MS + 1, fault: undefined },
  ])("$name", ({ behindMs, fault }) => {
    const { faultOf } = judged(at(-behindMs), at(0));
    expect(faultOf(at(2 * DAY_S * 1000))).toBe(fault);
  });

  it("a device that is live is believed from a day before the mark on", () => {
    const { faultOf } = judged("2026-10-26T12:00:00Z", at(0));
    expect(faultOf(at(-DAY_S * 1000))).toBeUndefined();
    expect(faultOf(at(-DAY_S * 1000 - 1))).toBe(FUTURE);
  });

  it("says how far it is behind in hours, and what to do", () => {
    const { faultOf, troubles } = judged(at(-30 * DAY_S * 1000), at(0));
    faultOf(at(29 * MINUTE_MS));
    expect(troubles.list()[0]?.text).toMatch(
      /^this machine's clock is about 720 h behind its devices, and behind what it told before; set it\. Counts/,
    );
  });

  it("what is told is now, and the mark moves on with the time, never back", () => {
    const { judge, clock } = judged(at(0), at(10 * MINUTE_MS));
    clock.advance(60);
    expect(judge.told()).toEqual({ nowMs: MARK_MS + MINUTE_MS, markMs: MARK_MS + 11 * MINUTE_MS });
    judge.note(MARK_MS);
    expect(judge.told().markMs).toBe(MARK_MS + 11 * MINUTE_MS);
    clock.set(at(20 * MINUTE_MS));
    expect(judge.told()).toEqual({ nowMs: MARK_MS + 20 * MINUTE_MS, markMs: MARK_MS + 20 * MINUTE_MS });
  });

  it("a time that is none is said to be", () => {
    expect(judged(at(0)).faultOf("yesterday")).toBe("ts is not a time");
  });
});

describe("a witness", () => {
  const NOW_MS = Date.parse("2026-11-26T12:00:00Z");
  const MARK = "2026-12-06T12:00:00Z";
  const DAY_MS = DAY_S * 1000;
  const MINUTE_MS = 60_000;

  /** Whether one voice of that stamp, and what was heard of it again five minutes later, brings the mark back to now. */
  function bringsBack({ tsMs = 0, receivedMs = 0, against = false }) {
    const { clock, judge } = judged(new Date(NOW_MS).toISOString(), MARK);
    for (let minute = 0; minute <= 5; minute += 1) {
      const stamp = (ms: number) => ({
        ts: new Date(clock.nowMs() + ms).toISOString(),
        clockSynced: true,
        historical: false,
      });
      if (against) judge.hear("b", stamp(10 * DAY_MS), clock.nowMs());
      judge.hear("a", stamp(tsMs), clock.nowMs() + receivedMs);
      if (minute < 5) clock.advance(60);
    }
    return judge.told().markMs === clock.nowMs();
  }

  it.each([
    { name: "within five minutes", tsMs: 5 * MINUTE_MS, is: true },
    { name: "as much behind", tsMs: -5 * MINUTE_MS, is: true },
    { name: "not of more", tsMs: 5 * MINUTE_MS + 1, is: false },
    { name: "nor behind", tsMs: -5 * MINUTE_MS - 1, is: false },
    { name: "received up to five minutes ago", receivedMs: -5 * MINUTE_MS, is: true },
    { name: "not before", receivedMs: -5 * MINUTE_MS - 1, is: false },
    { name: "nor received in a time to come", receivedMs: 5 * MINUTE_MS + 1, is: false },
    { name: "not against one that bears out the mark", against: true, is: false },
  ])("speaks of now: $name", ({ is, ...voice }) => {
    expect(bringsBack(voice)).toBe(is);
  });

  it("is heard while our clock is behind alone", () => {
    const { clock, judge } = judged(new Date(NOW_MS).toISOString(), new Date(NOW_MS).toISOString());
    judge.hear("a", { ts: new Date(NOW_MS).toISOString(), clockSynced: true, historical: false }, NOW_MS);
    clock.advance(300);
    judge.note(Date.parse(MARK));
    const now = new Date(clock.nowMs()).toISOString();
    judge.hear("a", { ts: now, clockSynced: true, historical: false }, clock.nowMs());
    expect(judge.told().markMs).toBe(Date.parse(MARK));
  });
});
