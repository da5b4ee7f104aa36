import { expect, test } from "vitest";
import { WallClock } from "../../../edge-agent/outbox/wall-clock.ts";
import { FakeClock } from "../../support/drafts.ts";

const START_MS = Date.parse("2026-03-01T10:00:00Z");

function watched(startMs = START_MS) {
  const clock = new FakeClock(startMs);
  const state = { synced: false };
  const wallClock = new WallClock(clock, () => state.synced);
  const look = (elapsedMs: number, wallMs: number) => {
    clock.advance(elapsedMs - clock.monotonicMs());
    clock.set(wallMs);
    wallClock.look();
    return wallClock.history;
  };
  return { clock, state, wallClock, look };
}

test("a clock that never jumps has one stretch, and the same one as long as nothing is known", () => {
  const { look, wallClock } = watched();
  expect(wallClock.history).toEqual([]);
  const first = look(500, START_MS + 500);
  expect(first).toEqual([{ fromMs: 500, offsetMs: START_MS }]);
  expect(look(9_000, START_MS + 10_000)).toBe(first);
  expect(look(19_000, START_MS + 18_000)).toBe(first);
});

test.each([{ jumpMs: 1_001 }, { jumpMs: -1_001 }])("a jump is more than a second: $jumpMs", ({ jumpMs }) => {
  const { look } = watched();
  look(0, START_MS);
  expect(look(5_000, START_MS + 5_000 + jumpMs)).toEqual([
    { fromMs: 0, offsetMs: START_MS },
    { fromMs: 5_000, offsetMs: START_MS + jumpMs },
  ]);
});

test("the time since the start is whole milliseconds, and none before it", () => {
  const clock = new FakeClock();
  clock.advance(1_000);
  const wallClock = new WallClock(clock, () => true);
  expect([wallClock.elapsedMs, wallClock.synced]).toEqual([0, true]);
  clock.advance(2.6);
  expect(wallClock.elapsedMs).toBe(3);
  clock.advance(-500);
  expect(wallClock.elapsedMs).toBe(0);
});

test("a synced clock tells what all stretches before it ought to have been, once and for ever", () => {
  const { look, state } = watched();
  look(0, START_MS);
  look(5_000, START_MS + 100_000);
  state.synced = true;
  const judged = look(9_000, START_MS + 209_000);
  expect(judged).toEqual([
    { fromMs: 0, offsetMs: START_MS, rightMs: START_MS + 200_000, synced: true },
    { fromMs: 5_000, offsetMs: START_MS + 95_000, rightMs: START_MS + 200_000, synced: true },
    { fromMs: 9_000, offsetMs: START_MS + 200_000, rightMs: START_MS + 200_000, synced: true },
  ]);
  expect(look(10_000, START_MS + 210_000)).toBe(judged);
  state.synced = false;
  expect(look(11_000, START_MS + 999_000).slice(0, 3)).toEqual(judged);
  expect(look(11_000, START_MS + 999_000)).toHaveLength(4);
  expect(look(11_000, START_MS + 999_000)[3]).toEqual({ fromMs: 11_000, offsetMs: START_MS + 988_000 });
});

test("a possible clock is better than an impossible one, and synced only when one that is says the same", () => {
  const { look, state } = watched(10_000);
  look(0, 10_000);
  expect(look(1_000, START_MS)).toEqual([
    { fromMs: 0, offsetMs: 10_000, rightMs: START_MS - 1_000, synced: false },
    { fromMs: 1_000, offsetMs: START_MS - 1_000 },
  ]);
  state.synced = true;
  const [impossible, possible] = look(2_000, START_MS + 1_000);
  expect(impossible).toMatchObject({ rightMs: START_MS - 1_000, synced: true });
  expect(possible).toMatchObject({ rightMs: START_MS - 1_000, synced: true });
});

test("what was told by a better clock stays, though a synced one says something else", () => {
  const { look, state } = watched(10_000);
  look(0, 10_000);
  look(1_000, START_MS);
  state.synced = true;
  const [first] = look(2_000, START_MS + 1_000_000);
  expect(first).toMatchObject({ rightMs: START_MS - 1_000, synced: false });
});

test("an impossible clock says nothing of another, nor a possible one of a possible one", () => {
  const { look } = watched(10_000);
  look(0, 10_000);
  look(1_000, 500_000);
  expect(look(1_000, 500_000).map(({ rightMs }) => rightMs)).toEqual([undefined, undefined]);
  const { look: lookAgain } = watched();
  lookAgain(0, START_MS);
  expect(lookAgain(1_000, START_MS + 50_000).map(({ rightMs }) => rightMs)).toEqual([undefined, undefined]);
});

test("the newest 32 stretches are kept", () => {
  const { look } = watched();
  for (let i = 0; i < 32; i += 1) look(i, START_MS + i * 10_000);
  expect(look(31, START_MS + 31 * 10_000)[0]?.fromMs).toBe(0);
  const kept = look(40, START_MS + 900_000);
  expect([kept.length, kept[0]?.fromMs, kept.at(-1)?.fromMs]).toEqual([32, 1, 40]);
});
