import { expect, test } from "vitest";
import type { Visit } from "../../../edge-agent/counter/counter-events.ts";
import { Stream, ZONE } from "./stream.ts";

const OUTSIDE = 400;
const INSIDE = 600;

/** Track 1 is inside during `inside`, unseen during `unseen`, else outside, for 40 s at 10 fps. */
function visits({ inside, unseen = [] }: { inside: [number, number][]; unseen?: [number, number][] }): Visit[] {
  const during = (spans: [number, number][], tS: number) => spans.some(([fromS, toS]) => tS >= fromS && tS < toS);
  const stream = new Stream({ lines: [], zones: [ZONE] });
  stream.walk((tS) => (during(unseen, tS) ? undefined : during(inside, tS) ? INSIDE : OUTSIDE), 40);
  return stream.finish().events.flatMap((event) => (event.kind === "visit" ? [event] : []));
}

test.each([
  { name: "who stands on the border while the box wobbles stays", outsideX: 492, forS: 4, count: 1 },
  { name: "who stands on the border for long has left", outsideX: 492, forS: 12, count: 2 },
  { name: "who goes further has left", outsideX: 480, forS: 4, count: 2 },
])("$name", ({ outsideX, forS, count }) => {
  const stream = new Stream({ lines: [], zones: [ZONE] });
  stream.walk((tS) => (tS >= 10 && tS < 10 + forS ? outsideX : INSIDE), 30);
  expect(stream.finish().events).toHaveLength(count);
});

test.each([
  { name: "a short stay is a visit and no stop", in: { inside: [[5, 8]] }, out: [[5, 7.9, false]] },
  { name: "a long stay is a stop", in: { inside: [[5, 20]] }, out: [[5, 19.9, true]] },
  { name: "a touch is no visit", in: { inside: [[5, 5.4]] }, out: [] },
  {
    name: "a step outside does not end a visit",
    in: {
      inside: [
        [5, 10],
        [11, 20],
      ],
    },
    out: [[5, 19.9, true]],
  },
  {
    name: "two stays are two visits",
    in: {
      inside: [
        [5, 8],
        [12, 15],
      ],
    },
    out: [
      [5, 7.9, false],
      [12, 14.9, false],
    ],
  },
  { name: "a person unseen for a moment stays", in: { inside: [[5, 20]], unseen: [[10, 11]] }, out: [[5, 19.9, true]] },
  {
    name: "a person unseen for long has left",
    in: { inside: [[5, 20]], unseen: [[8, 12]] },
    out: [
      [5, 7.9, false],
      [12, 19.9, false],
    ],
  },
] as const)("$name", ({ in: stay, out }) => {
  const spans = (list: readonly (readonly [number, number])[] = []) => list.map(([a, b]): [number, number] => [a, b]);
  const found = visits({ inside: spans(stay.inside), unseen: spans("unseen" in stay ? stay.unseen : []) });
  expect(found.map(({ enteredAtS, leftAtS, stop }) => [enteredAtS, leftAtS, stop])).toEqual(out);
  for (const visit of found) expect(visit.dwellS).toBeCloseTo(visit.leftAtS - visit.enteredAtS, 9);
});

test("frames that do not come for longer than leaveAfterS end a visit", () => {
  const stream = new Stream({ lines: [], zones: [ZONE] });
  for (const tS of [0, 0.5, 1, 60, 60.5, 61]) stream.show(tS, [{ id: 1, x: INSIDE }]);
  expect(stream.finish().counter.totals().zones).toMatchObject([{ visits: 2, dwellS: 2 }]);
});

test("occupancy counts who is inside after minVisitS, and not who is seen outside", () => {
  const stream = new Stream({ lines: [], zones: [ZONE] });
  const occupancy: number[] = [];
  stream.walk((tS) => (tS < 1 ? OUTSIDE : tS < 3 ? INSIDE : tS < 3.5 ? undefined : OUTSIDE), 0);
  for (let frame = 0; frame < 40; frame++) {
    const x = frame < 10 || frame >= 30 ? OUTSIDE : INSIDE;
    stream.show(1 + frame / 10, [
      { id: 1, x },
      { id: 2, x: INSIDE },
    ]);
    occupancy.push(stream.counter.occupancy[0]!);
  }
  expect([occupancy[0], occupancy[8], occupancy[12], occupancy[20], occupancy[35]]).toEqual([0, 1, 1, 2, 1]);
});

test("a track that begins where another was just lost goes on with its visit", () => {
  const stream = new Stream({ lines: [], zones: [ZONE] });
  for (let frame = 0; frame < 60; frame++) stream.show(frame / 10, [{ id: 1, x: INSIDE }]);
  for (let frame = 67; frame < 120; frame++)
    stream.show(frame / 10, [{ id: 2, x: INSIDE + 30 }], frame === 80 ? [1] : []);
  expect(stream.finish().events).toMatchObject([
    { kind: "visit", trackId: 2, enteredAtS: 0, leftAtS: 11.9, stop: true },
  ]);
});

test("a track that begins beside somebody who is still there is a visit of its own", () => {
  const stream = new Stream({ lines: [], zones: [ZONE] });
  for (let frame = 0; frame < 60; frame++) {
    stream.show(
      frame / 10,
      frame < 30
        ? [{ id: 1, x: INSIDE }]
        : [
            { id: 1, x: INSIDE },
            { id: 2, x: INSIDE + 30 },
          ],
    );
  }
  expect(stream.finish().counter.totals().zones).toMatchObject([{ visits: 2 }]);
});

test("an ended track's visit is published after leaveAfterS", () => {
  const stream = new Stream({ lines: [], zones: [ZONE] });
  for (let frame = 0; frame < 30; frame++) stream.show(frame / 10, [{ id: 1, x: INSIDE }]);
  stream.show(3, [], [1]);
  expect(stream.events).toEqual([]);
  for (let frame = 31; frame < 50; frame++) stream.show(frame / 10, []);
  expect(stream.events).toMatchObject([{ trackId: 1, leftAtS: 2.9 }]);
});

/** A stay of so many seconds in a zone, seen at its begin and its end. */
function stayOf(seconds: number) {
  const stream = new Stream({ lines: [], zones: [{ ...ZONE, leaveAfterS: 100 }] });
  stream.show(0, [{ id: 1, x: INSIDE }]);
  stream.show(seconds, [{ id: 1, x: INSIDE }]);
  return stream;
}

test.each([
  { seconds: 0.499, visits: 0, stops: 0, people: 0 },
  { seconds: 0.5, visits: 1, stops: 0, people: 1 },
  { seconds: 9.999, visits: 1, stops: 0, people: 1 },
  { seconds: 10, visits: 1, stops: 1, people: 1 },
])(
  "$seconds s inside are $visits visits, $stops stops, occupancy $people",
  ({ seconds, visits: count, stops, people }) => {
    const stream = stayOf(seconds);
    expect(stream.counter.occupancy[0]).toBe(people);
    expect(stream.finish().counter.totals().zones).toMatchObject([{ visits: count, stops }]);
  },
);

test.each([
  { awayS: 1.5, visits: 1 },
  { awayS: 1.501, visits: 2 },
])("who is away for $awayS s has made $visits visits", ({ awayS, visits: count }) => {
  const stream = new Stream({ lines: [], zones: [ZONE] });
  for (const tS of [0, 1, 1 + awayS, 2 + awayS]) stream.show(tS, [{ id: 1, x: INSIDE }]);
  expect(stream.finish().counter.totals().zones).toMatchObject([{ visits: count }]);
});

/** Where track 2 begins after track 1 was lost at 600, 500, at 3 s of its visit. */
function joined(
  { x = INSIDE, y = 500, tS = 4 }: { x?: number; y?: number; tS?: number },
  last: readonly number[] = [],
) {
  const stream = new Stream({ lines: [], zones: [ZONE] });
  for (const at of [0, 1, 2, 3]) stream.show(at, [{ id: 1, x: INSIDE }]);
  for (const outsideX of last) stream.show(3.5, [{ id: 1, x: outsideX }]);
  for (const at of [0, 1, 2]) stream.show(tS + at, [{ id: 2, x, y }]);
  return stream.finish().events.map((event) => (event.kind === "visit" ? [event.trackId, event.enteredAtS] : []));
}

test.each([
  { name: "at the same place", in: {}, out: [[2, 0]] },
  { name: "just within a body's height", in: { y: 599 }, out: [[2, 0]] },
  {
    name: "a body's height away",
    in: { y: 600 },
    out: [
      [1, 0],
      [2, 4],
    ],
  },
  {
    name: "within reach, but later than leaveAfterS",
    in: { tS: 4.6 },
    out: [
      [1, 0],
      [2, 4.6],
    ],
  },
  { name: "within reach, just in time", in: { tS: 4.5 }, out: [[2, 0]] },
])("a track that begins $name", ({ in: where, out }) => {
  expect(joined(where)).toEqual(expect.arrayContaining(out));
  expect(joined(where)).toHaveLength(out.length);
});

test("nobody goes on with the visit of one who was seen outside", () => {
  expect(joined({}, [OUTSIDE])).toEqual(
    expect.arrayContaining([
      [1, 0],
      [2, 4],
    ]),
  );
});

test("a track that begins outside goes on with nobody's visit, near as it may be", () => {
  const stream = new Stream({ lines: [], zones: [ZONE] });
  for (const at of [0, 1, 2]) stream.show(at, [{ id: 1, x: 510 }]);
  stream.show(3, [{ id: 2, x: 490 }]);
  stream.show(3.4, [{ id: 2, x: 510 }]);
  stream.show(4.4, [{ id: 2, x: 510 }]);
  const found = stream.finish().events.flatMap((event) => (event.kind === "visit" ? [event] : []));
  expect(found.map(({ trackId, enteredAtS }) => [trackId, enteredAtS])).toEqual([
    [1, 0],
    [2, 3.4],
  ]);
});

test("of two that were lost, the nearer one's visit goes on", () => {
  for (const [nearer, x] of [
    [1, 610],
    [2, 670],
  ] as const) {
    const stream = new Stream({ lines: [], zones: [ZONE] });
    const both = [
      { id: 1, x: 600 },
      { id: 2, x: 680 },
    ];
    for (const at of [0, 1, 2]) stream.show(at, both);
    for (const at of [3, 4]) stream.show(at, [{ id: 3, x }]);
    const found = stream.finish().events.flatMap((event) => (event.kind === "visit" ? [event] : []));
    expect(found.map(({ trackId, leftAtS }) => [trackId, leftAtS])).toEqual(
      expect.arrayContaining([
        [3, 4],
        [3 - nearer, 2],
      ]),
    );
  }
});
