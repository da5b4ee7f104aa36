import { expect, test } from "vitest";
import { OverheadDetector } from "../../../../edge-agent/detector/overhead/overhead-detector.ts";
import { countScene } from "./count-scene.ts";
import { framesOf, walk } from "./scene.ts";

const WALKER = { at: walk([0.4, -0.15], [0.4, 1.15], 2, 1.6) };

const WALKERS = [1, 5, 9, 13, 17, 21].map((startS) => ({
  at: walk([0.5, -0.15], [0.5, 1.15], startS, 2),
  width: 0.22,
}));

test("a person's box is where the person is, in pixels of the source", async () => {
  const detector = new OverheadDetector({});
  const picture = { width: 1280, height: 720 };
  const scene = { seconds: 5, picture, shadow: 1, walkers: [{ ...WALKER, width: 0.2 }] };
  for (const frame of framesOf(scene, detector.shape)) {
    const { count, boxes } = await detector.detect(frame);
    const [x, y] = WALKER.at(frame.atS) ?? [-1, -1];
    if (y < 0.25 || y > 0.75) continue;
    expect(count).toBe(1);
    const [left = 0, top = 0, right = 0, bottom = 0] = boxes;
    expect(Math.abs((left + right) / 2 - x * picture.width)).toBeLessThan(0.02 * picture.width);
    expect(Math.abs((top + bottom) / 2 - y * picture.height)).toBeLessThan(0.04 * picture.height);
    expect(right - left).toBeGreaterThan(0.12 * picture.width);
    expect(right - left).toBeLessThan(0.28 * picture.width);
  }
});

test("a result stays as it is until the next call but one, and every frame is released", async () => {
  const detector = new OverheadDetector({});
  let released = 0;
  const frames = framesOf({ seconds: 4, walkers: [WALKER] }, detector.shape);
  let before = { copy: [] as number[], result: await detector.detect(frames.next().value!) };
  before.copy = [...before.result.boxes];
  for (const frame of frames) {
    const result = await detector.detect({ ...frame, release: () => released++ });
    expect([...before.result.boxes]).toEqual(before.copy);
    before = { result, copy: [...result.boxes] };
  }
  expect(released).toBe(39);
  expect(detector.takeStats()).toMatchObject({ frames: 40, unusableFrames: 0 });
  expect(detector.takeStats()).toEqual({ frames: 0, meanInferenceMs: 0, unusableFrames: 0 });
});

test("a camera that comes back with another size of picture begins anew", async () => {
  const detector = new OverheadDetector({});
  for (const picture of [
    { width: 640, height: 480 },
    { width: 480, height: 640 },
  ]) {
    let most = 0;
    for (const frame of framesOf({ seconds: 4, picture, walkers: [{ ...WALKER, width: 0.3 }] }, detector.shape)) {
      most = Math.max(most, (await detector.detect(frame)).count);
    }
    expect(most).toBe(1);
  }
});

test("the width of a person that the installer gave holds from the first picture on", async () => {
  const pair = [0.38, 0.62].map((x) => ({ at: walk([x, -0.15], [x, 1.15], 2, 1.6), width: 0.24 }));
  expect(await countScene({ seconds: 6, walkers: pair }, new OverheadDetector({ personWidth: 0.24 }))).toEqual({
    in: 2,
    out: 0,
  });
});

test("the bare speed is measured without touching what was learned", async () => {
  const detector = new OverheadDetector({});
  const [frame] = framesOf({ seconds: 0.1 }, detector.shape);
  expect(await detector.benchmark(frame!.data, 0.05)).toBeGreaterThan(0);
  expect(detector.takeStats().frames).toBe(0);
});

test("a camera that looks along the floor is told by people who grow as they come near", async () => {
  const detector = new OverheadDetector({});
  for (const frame of framesOf({ seconds: 26, walkers: WALKERS }, detector.shape)) await detector.detect(frame);
  expect(detector.viewWarning()).toBeUndefined();
  const slanted = new OverheadDetector({});
  const growing = WALKERS.map((one) => ({ ...one, grow: 1.2 }));
  for (const frame of framesOf({ seconds: 26, walkers: growing }, slanted.shape)) await slanted.detect(frame);
  expect(slanted.viewWarning()).toContain("does not look straight down");
});
