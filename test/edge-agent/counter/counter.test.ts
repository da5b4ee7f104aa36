import { expect, test } from "vitest";
import { addTotals, MAX_COUNTED_TRACKS } from "../../../edge-agent/counter/counter.ts";
import { polygonContains } from "../../../edge-agent/tracker/polygon.ts";
import { Random } from "../tracker/random.ts";
import { LINE, Stream, ZONE } from "./stream.ts";

test("totals are the sum of what was published", () => {
  const stream = new Stream({ zones: [ZONE] });
  const random = new Random(17);
  for (let frame = 0; frame < 3000; frame++) {
    const walkers = [1, 2, 3].map((k) => {
      const id = 100 * Math.floor(frame / 500) + k;
      return { id, x: 500 + 200 * Math.sin(frame / (20 + 3 * k) + k) + 3 * random.normal() };
    });
    const ended = frame % 500 === 0 && frame > 0 ? [1, 2, 3].map((k) => 100 * (Math.floor(frame / 500) - 1) + k) : [];
    stream.show(frame / 10, walkers, ended);
  }
  const { events, counter } = stream.finish();
  const crossings = events.filter((event) => event.kind === "crossing");
  const visits = events.filter((event) => event.kind === "visit");
  expect(crossings.length).toBeGreaterThan(50);
  expect(counter.totals()).toEqual({
    lines: [
      {
        id: "door",
        in: crossings.filter(({ direction }) => direction === "in").length,
        out: crossings.filter(({ direction }) => direction === "out").length,
      },
    ],
    zones: [
      {
        id: "shelf",
        visits: visits.length,
        stops: visits.filter(({ stop }) => stop).length,
        dwellS: expect.closeTo(
          visits.reduce((sum, { dwellS }) => sum + dwellS, 0),
          3,
        ),
      },
    ],
  });
});

test("tracks that never end are bounded: the one unseen for longest is ended, its counts published", () => {
  const stream = new Stream({ zones: [ZONE] });
  stream.walk((tS) => 400 + 100 * tS, 1.9);
  for (let id = 2; id <= 3 * MAX_COUNTED_TRACKS; id++) stream.show(2 + id / 1e4, [{ id, x: 300 }]);
  expect(stream.directions).toEqual(["in"]);
});

test("what two counters have counted is added line by line and zone by zone", () => {
  const totals = (n: number) => ({
    lines: [
      { id: "door", in: n, out: 2 * n },
      { id: "gate", in: 3 * n, out: 4 * n },
    ],
    zones: [{ id: "shelf", visits: 5 * n, stops: 6 * n, dwellS: 0.1 * n }],
  });
  expect(addTotals(totals(1), totals(2))).toEqual({
    lines: [
      { id: "door", in: 3, out: 6 },
      { id: "gate", in: 9, out: 12 },
    ],
    zones: [{ id: "shelf", visits: 15, stops: 18, dwellS: 0.3 }],
  });
});

test("the one unseen for longest gives way, with its visit; the others keep theirs", () => {
  const stream = new Stream({ lines: [], zones: [{ ...ZONE, leaveAfterS: 1e6 }] });
  const inside = (id: number) => ({ id, x: 600, y: (id * 37) % 1000 });
  const all = Array.from({ length: MAX_COUNTED_TRACKS }, (_, i) => inside(i + 1));
  stream.show(0, all);
  stream.show(
    1,
    all.filter(({ id }) => id !== 200),
  );
  expect(stream.events).toEqual([]);
  // Beside the zone, so that it goes on with nobody's visit.
  stream.show(2, [{ id: 9_999, x: 100 }]);
  expect(stream.events).toEqual([]);
  stream.show(3, [
    { id: 9_999, x: 100 },
    { id: 10_000, x: 100 },
  ]);
  expect(stream.events).toMatchObject([{ trackId: 1, enteredAtS: 0, leftAtS: 1 }]);
});

test("a track that ended gives its slot back, so that those after it end nobody's visit", () => {
  const stream = new Stream({ lines: [], zones: [ZONE] });
  const stays = { id: 1, x: 600 };
  // More tracks than slots come and go beside the zone while somebody stands in it, seen at the first and the last frame only.
  stream.show(0, [stays]);
  stream.show(1, [stays]);
  for (let k = 0; k < 2 * MAX_COUNTED_TRACKS; k++) stream.show(1 + k / 1e4, [{ id: 100 + k, x: 100 }], [99 + k]);
  stream.show(1.2, [stays]);
  expect(stream.finish().events).toMatchObject([{ trackId: 1, enteredAtS: 0, leftAtS: 1.2 }]);
});

test("at the end nobody is inside any more", () => {
  const stream = new Stream({ zones: [ZONE] });
  stream.walk(() => 600, 2);
  expect([...stream.counter.occupancy]).toEqual([1]);
  stream.finish();
  expect([...stream.counter.occupancy]).toEqual([0]);
});

test("only as many ended tracks are read as there are", () => {
  const stream = new Stream();
  stream.walk((tS) => 400 + 100 * tS, 1.8);
  stream.show(1.9, [{ id: 1, x: 590 }], [7, 1]);
  const ended = stream.directions;
  const again = new Stream();
  again.walk((tS) => 400 + 100 * tS, 1.8);
  again.show(1.85, [{ id: 1, x: 585 }], [7, 8]);
  // The list still holds 1 beyond its length of none.
  again.show(1.9, [{ id: 1, x: 590 }], []);
  expect([ended, again.directions]).toEqual([["in"], []]);
});

test("a slot that is used again remembers nothing of its former track", () => {
  const stream = new Stream({ lines: [LINE] });
  stream.walk((tS) => 400 + 10 * tS, 3);
  stream.show(3.1, [], [1]);
  for (let frame = 0; frame < 30; frame++) stream.show(3.2 + frame / 10, [{ id: 2, x: 600 }]);
  expect(stream.finish().directions).toEqual([]);
});

test.each([
  // Half open: of two polygons that share an edge, a point on it is in one.
  { at: [0, 5], inside: true },
  { at: [10, 5], inside: false },
  { at: [5, 0], inside: true },
  { at: [5, 10], inside: false },
  { at: [3, 7], inside: true },
] as const)("polygon: the edge point $at is inside: $inside", ({ at, inside }) => {
  expect(polygonContains(Float64Array.from([0, 0, 10, 0, 10, 10, 0, 10]), at[0], at[1])).toBe(inside);
});

test("polygon: a slanted edge away from the corner of the picture", () => {
  const triangle = Float64Array.from([100, 200, 300, 200, 100, 400]);
  expect(polygonContains(triangle, 190, 300)).toBe(true);
  expect(polygonContains(triangle, 210, 300)).toBe(false);
  expect(polygonContains(triangle, 110, 380)).toBe(true);
  expect(polygonContains(triangle, 130, 380)).toBe(false);
});

test.each([
  { name: "a square's middle", at: [5, 5], inside: true },
  { name: "left of it", at: [-1, 5], inside: false },
  { name: "in the notch", at: [5, 9], inside: false },
  { name: "beside the notch", at: [1, 9], inside: true },
] as const)("polygon: $name", ({ at, inside }) => {
  const notched = Float64Array.from([0, 0, 10, 0, 10, 10, 7, 10, 5, 6, 3, 10, 0, 10]);
  expect(polygonContains(notched, at[0], at[1])).toBe(inside);
});
