import { expect, test } from "vitest";
import { TrackSlots } from "../../../edge-agent/counter/track-slots.ts";

function filled(ids: readonly number[], seenS: readonly number[] = []): TrackSlots {
  const slots = new TrackSlots(ids.length);
  for (const [i, id] of ids.entries()) slots.seenS[slots.take(id)] = seenS[i] ?? 0;
  return slots;
}

test("each track has a slot of its own until it is released", () => {
  const slots = filled([7, 8, 9]);
  expect([slots.find(7), slots.find(8), slots.find(9), slots.find(10)]).toEqual([0, 1, 2, -1]);
  slots.release(1);
  expect([slots.find(8), slots.take(10), slots.find(10)]).toEqual([-1, 1, 1]);
});

test("is full when no slot is left, and not before", () => {
  const slots = new TrackSlots(2);
  expect(slots.isFull()).toBe(false);
  slots.take(7);
  expect(slots.isFull()).toBe(false);
  slots.take(8);
  expect(slots.isFull()).toBe(true);
  slots.release(0);
  expect(slots.isFull()).toBe(false);
});

test("a released slot is not the ended one that it was", () => {
  const slots = filled([7]);
  slots.ended[0] = 1;
  slots.release(0);
  expect([slots.take(8), slots.ended[0]]).toEqual([0, 0]);
});

test.each([
  { seenS: [3, 1, 2], stalest: 1 },
  { seenS: [1, 2, 3], stalest: 0 },
  { seenS: [3, 2, 1], stalest: 2 },
  { seenS: [2, 1, 1], stalest: 1 },
])("the stalest of those seen at $seenS is in slot $stalest", ({ seenS, stalest }) => {
  expect(filled([7, 8, 9], seenS).stalest()).toBe(stalest);
});
