import { expect, test } from "vitest";
import { MAX_COUNTED_TRACKS } from "../../../edge-agent/counter/counter.ts";
import { polygonContains } from "../../../edge-agent/counter/polygon.ts";
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

test("a slot that is used again remembers nothing of its former track", () => {
  const stream = new Stream({ lines: [LINE] });
  stream.walk((tS) => 400 + 10 * tS, 3);
  stream.show(3.1, [], [1]);
  for (let frame = 0; frame < 30; frame++) stream.show(3.2 + frame / 10, [{ id: 2, x: 600 }]);
  expect(stream.finish().directions).toEqual([]);
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
