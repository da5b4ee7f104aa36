import { describe, expect, test } from "vitest";
import { retimed } from "../../../edge-agent/outbox/retime.ts";
import type { Stretch } from "../../../edge-agent/outbox/wall-clock.ts";
import { countsOf, openWindow } from "../../../edge-agent/window/window.ts";
import type { DataMessage } from "../../../firmware-config/contract/messages.ts";
import { eventDraft } from "../../support/drafts.ts";

const iso = (ms: number) => new Date(ms).toISOString();
const envelope = {
  v: 1,
  deviceId: "cam-1",
  bootId: "boot-0001",
  seq: 0,
  clockSynced: false,
  historical: false,
} as const;

/** A crossing whose wall clock said `atMs`, stamped `monotonicMs` after the start. */
const crossing = (atMs: number, monotonicMs: number): DataMessage => ({
  ...envelope,
  ...eventDraft(atMs),
  monotonicMs,
});

function counts(startMs: number, windowMs: number): DataMessage {
  const target = { cameraId: "door", targetKind: "line", targetId: "entrance" } as const;
  return { ...envelope, ...countsOf(openWindow(target, startMs, windowMs)), monotonicMs: 0 };
}

/** A clock that was wrong by `shiftMs` all the time. */
const wrongBy = (shiftMs: number): Stretch[] => [{ fromMs: 0, offsetMs: 0, rightMs: shiftMs, synced: true }];

describe("a window moves to that of the grid which it covers most", () => {
  const MINUTE = 60_000;
  test.each([
    { shiftMs: 0, windows: 0 },
    { shiftMs: 1, windows: 0 },
    { shiftMs: 29_999, windows: 0 },
    { shiftMs: 30_000, windows: 1 },
    { shiftMs: 30_001, windows: 1 },
    { shiftMs: 59_999, windows: 1 },
    { shiftMs: 60_000, windows: 1 },
    { shiftMs: 89_999, windows: 1 },
    { shiftMs: 90_000, windows: 2 },
    { shiftMs: -29_999, windows: 0 },
    { shiftMs: -30_001, windows: -1 },
    { shiftMs: -60_000, windows: -1 },
    { shiftMs: -90_001, windows: -2 },
    { shiftMs: 1000 * MINUTE + 17_000, windows: 1000 },
    { shiftMs: 1000 * MINUTE + 43_000, windows: 1001 },
  ])("a shift of $shiftMs ms is $windows windows of a minute, for each of them", ({ shiftMs, windows }) => {
    for (const start of [10 * MINUTE, 11 * MINUTE, 12 * MINUTE]) {
      const right = iso(start + windows * MINUTE);
      expect(retimed(counts(start, MINUTE), wrongBy(shiftMs))).toMatchObject({ windowStart: right, ts: right });
    }
  });

  test("of its own length", () => {
    const moved = retimed(counts(50_000, 10_000), wrongBy(14_999));
    expect(moved).toMatchObject({ windowStart: iso(60_000), ts: iso(60_000), clockSynced: true });
    expect(retimed(counts(50_000, 10_000), wrongBy(15_000))).toMatchObject({ windowStart: iso(70_000) });
  });
});

test("a crossing moves by the difference between the right and the told offset, a visit with both its ends", () => {
  const history: Stretch[] = [{ fromMs: 0, offsetMs: 700, rightMs: 5_000, synced: true }];
  expect(retimed(crossing(9_000, 8_300), history)).toEqual({ ...crossing(13_300, 8_300), clockSynced: true });
  const { kind, cameraId, targetId } = eventDraft();
  const visit = { kind, cameraId, targetId, eventKind: "visit", dwellS: 2, stop: false } as const;
  const told = { ...envelope, ...visit, monotonicMs: 8_300, ts: iso(9_000), enteredAt: iso(7_000) };
  const right = { ...told, clockSynced: true, ts: iso(13_300), enteredAt: iso(11_300) };
  expect(retimed(told, history)).toEqual(right);
});

test.each([
  { name: "the clock was right", message: { ...crossing(5, 5), clockSynced: true }, history: wrongBy(99_000) },
  { name: "nobody knows better", message: crossing(5, 5), history: [{ fromMs: 0, offsetMs: 0 }] },
  { name: "nothing is known at all", message: crossing(5, 5), history: [] },
])("it is the same message when $name", ({ message, history }) => {
  expect(retimed(message, history)).toBe(message);
});

test("it is called synced only when the better time is", () => {
  const unsynced: Stretch[] = [{ fromMs: 0, offsetMs: 0, rightMs: 100 }];
  expect(retimed(crossing(5, 5), unsynced)).toMatchObject({ ts: iso(105), clockSynced: false });
});

/** Which of several stretches told the time: each is recognised by its own shift. */
function chosen(
  message: { atMs: number; monotonicMs: number },
  stretches: readonly { fromMs: number; offsetMs: number }[],
) {
  const history = stretches.map((stretch, i) => ({
    ...stretch,
    rightMs: stretch.offsetMs + (i + 1) * 1e6,
    synced: true,
  }));
  const { ts } = retimed(crossing(message.atMs, message.monotonicMs), history);
  return (Date.parse(ts) - message.atMs) / 1e6 - 1;
}

describe("the stretch that told a message's time", () => {
  const jump = (fromMs: number, offsetMs: number) => [
    { fromMs: 0, offsetMs: 0 },
    { fromMs, offsetMs },
  ];
  test.each([
    { name: "the one before a jump, stamped before it", atMs: 5_000, monotonicMs: 5_000, of: jump(10_000, 1e9), is: 0 },
    { name: "the one before a jump, stamped after it", atMs: 9_000, monotonicMs: 10_400, of: jump(10_000, 1e9), is: 0 },
    { name: "the one after a jump", atMs: 1e9 + 12_000, monotonicMs: 12_000, of: jump(10_000, 1e9), is: 1 },
    { name: "after a jump back", atMs: 3_000, monotonicMs: 12_000, of: jump(10_000, -9_000), is: 1 },
    { name: "a stretch ends where the next begins", atMs: 14_000, monotonicMs: 1e5, of: jump(10_000, 5_000), is: 1 },
    { name: "a stretch goes on to the next", atMs: 9_000, monotonicMs: 10_400, of: jump(10_000, 3_000), is: 0 },
    { name: "a millisecond decides", atMs: 9_000, monotonicMs: 20_000, of: jump(10_000, -999), is: 0 },
    { name: "a stretch ends with the stamp, too", atMs: 5_700, monotonicMs: 5_000, of: jump(5_900, 250), is: 1 },
    { name: "of two as near, the later", atMs: 11_000, monotonicMs: 20_000, of: jump(10_000, 2_000), is: 1 },
    { name: "of two that both hold it, the later", atMs: 5_000, monotonicMs: 15_500, of: jump(10_000, -10_000), is: 1 },
    { name: "one that began up to a second later", atMs: 1e9 + 6_000, monotonicMs: 5_000, of: jump(6_000, 1e9), is: 1 },
    { name: "none that began after that", atMs: 1e9 + 6_001, monotonicMs: 5_000, of: jump(6_001, 1e9), is: 0 },
    { name: "the first, however late it began", atMs: 5, monotonicMs: 0, of: [{ fromMs: 99_999, offsetMs: 0 }], is: 0 },
  ])("$name", ({ of: stretches, is, ...message }) => {
    expect(chosen(message, stretches)).toBe(is);
  });
});
