import { describe, expect, test } from "vitest";
import { MANNEQUIN, Shop, STILL, tenThings } from "../../bench/perception/things.ts";

describe.each([2, 5, 10, 25])("at %d pictures per second", (fps) => {
  test.each(STILL)("a thing is no visitor: $name", ({ toS, show }) => {
    const shop = new Shop();
    shop.watch({ fromS: 0, toS, fps }, show);
    expect(shop.close().zones[0]).toMatchObject({ visits: 0, stops: 0 });
  });

  test("who walks in and then stands for an hour is a visitor all the time, though 3 % of the pictures miss it", () => {
    const shop = new Shop();
    const person = { ...MANNEQUIN, chance: 0.97, wobble: 0.015 };
    const show = (tS: number) => (tS < 3 || tS > 3605 ? [] : [{ ...person, x: Math.min(500, 20 + 160 * (tS - 3)) }]);
    const inside = shop.watch({ fromS: 0, toS: 3610, fps }, show);
    const { visits, stops, dwellS } = shop.close().zones[0]!;
    expect({ visits, stops }).toEqual({ visits: 1, stops: 1 });
    expect(dwellS).toBeGreaterThan(3599);
    expect(inside / fps).toBeGreaterThan(3595);
  });
});

/** Half a step aside within four seconds: 0.15 heights. */
const atShelf = (wobble: number) => (tS: number) => [
  { ...MANNEQUIN, wobble, x: 500 + 30 * Math.min(1, Math.max(0, (tS - 1) / 3)) },
];

test.each([5, 10, 25])("who makes half a step at a shelf is a visitor, where boxes are steady: %d", (fps) => {
  const shop = new Shop();
  shop.watch({ fromS: 0, toS: 8, fps }, atShelf(0.004));
  expect(shop.close().zones[0]).toMatchObject({ visits: 1 });
});

test.each([5, 10, 25])("the same way is nothing where boxes jump: %d", (fps) => {
  const shop = new Shop();
  shop.watch({ fromS: 0, toS: 8, fps }, atShelf(0.025));
  expect(shop.close().zones[0]).toMatchObject({ visits: 0 });
});

test("the same way is nothing after ten seconds, in which light and time move any box", () => {
  const shop = new Shop();
  shop.watch({ fromS: -30, toS: 60, fps: 10 }, atShelf(0.004));
  expect(shop.close().zones[0]).toMatchObject({ visits: 0 });
});

test.each([2, 5, 10, 25])("none of 40 things is a visitor at any wobble in its first seconds: %d", (fps) => {
  for (let seed = 1; seed <= 40; seed++) {
    const shop = new Shop(seed);
    shop.watch({ fromS: 0, toS: 12, fps }, () => [{ ...MANNEQUIN, wobble: 0.001 * seed }]);
    expect({ seed, ...shop.close().zones[0] }).toMatchObject({ seed, visits: 0 });
  }
});

test("ten things in the dusk of an evening and a morning are no visitors", () => {
  const shop = new Shop();
  shop.watch({ fromS: 20 * 3600, toS: 21 * 3600, fps: 5 }, tenThings());
  shop.watch({ fromS: 31 * 3600, toS: 32 * 3600, fps: 5 }, tenThings());
  expect(shop.close().zones[0]).toMatchObject({ visits: 0, stops: 0 });
});

test.each([10, 25])(
  "a visit of somebody who stood there at the start and then walks off began at the start: %d",
  (fps) => {
    const shop = new Shop();
    shop.watch({ fromS: 0, toS: 110, fps }, (tS) => [
      { ...MANNEQUIN, x: 500 + Math.min(450, Math.max(0, tS - 100) * 100) },
    ]);
    shop.close();
    expect(shop.events).toHaveLength(1);
    expect(shop.events[0]).toMatchObject({ kind: "visit", enteredAtS: 0, stop: true });
  },
);
