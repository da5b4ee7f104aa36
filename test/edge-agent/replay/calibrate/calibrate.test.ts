import { describe, expect, it } from "vitest";
import { createDetections } from "../../../../edge-agent/detector/detections.ts";
import { calibrate } from "../../../../edge-agent/replay/calibrate/calibrate.ts";
import { chooseGates, GRID, weightOf } from "../../../../edge-agent/replay/calibrate/choose-gates.ts";
import { differencesOf } from "../../../../edge-agent/replay/calibrate/count-clip.ts";
import type { SeenClip, SeenPicture } from "../../../../edge-agent/replay/calibrate/see-clip.ts";
import { variantsOf } from "../../../../edge-agent/replay/calibrate/variants.ts";
import { LineConfig } from "../../../../firmware-config/config/geometry.ts";
import { USUAL_GATES } from "../../../../firmware-config/config/tracker.ts";
import { withDefaults } from "../../../../firmware-config/config/with-defaults.ts";

const PICTURE = { width: 640, height: 480 };
const line = withDefaults(LineConfig, { id: "way", from: [0.5, 1], to: [0.5, 0] });
const signal = new AbortController().signal;

interface Walker {
  readonly startS: number;
  readonly y: number;
  readonly score: number;
}

/** Each goes from left to right over the line within six seconds, ten pictures a second. */
function clipOf(name: string, walkers: readonly Walker[], ins: number): SeenClip {
  const lastS = Math.max(...walkers.map(({ startS }) => startS)) + 8;
  const pictures: SeenPicture[] = [];
  for (let atS = 0; atS < lastS; atS += 0.1) {
    const detections = createDetections(walkers.length);
    for (const { startS, y, score } of walkers) {
      const x = 40 + ((atS - startS) / 6) * 540;
      if (x < 40 || x > 580) continue;
      detections.boxes.set([x, y, x + 30, y + 80], 4 * detections.count);
      detections.scores[detections.count++] = score;
    }
    pictures.push({ atS, picture: PICTURE, detections });
  }
  return { name, lines: [{ line, in: ins, out: 0 }], zones: [], pictures };
}

/** People at a score of 0.45, and as many reflections at 0.12 that no gate should believe. */
function shop(name: string, firstS: number): SeenClip {
  const people = [0, 9, 18].map((startS) => ({ startS: startS + firstS, y: 100, score: 0.45 }));
  const reflections = [4, 13, 22].map((startS) => ({ startS: startS + firstS, y: 300, score: 0.17 }));
  return clipOf(name, [...people, ...reflections], 3);
}

describe("calibrate", () => {
  const clips = [shop("a", 1), shop("b", 2.5), shop("c", 4)];

  it("finds gates that let people in and reflections not, and says what they are worth on a clip that had no say", async () => {
    const steps: number[] = [];
    const found = await calibrate(clips, { onStep: (share) => steps.push(share) }, signal);
    expect(found.now).toEqual(USUAL_GATES);
    expect(found.chosen.newTrackScore).toBeLessThanOrEqual(0.4);
    expect(found.chosen.highScore).toBeGreaterThan(0.17);
    expect(found.isBetter).toBe(true);
    for (const clip of found.clips) {
      expect(clip).toMatchObject({ trueCount: 3, now: 3, chosen: 0, leftOut: { wrong: 0 } });
    }
    expect(steps.at(-1)).toBe(1);
  });

  it("keeps the gates where others are no better", async () => {
    const gates = { newTrackScore: 0.4, highScore: 0.3, lowScore: 0.1 };
    const found = await calibrate(clips, { gates, onStep: () => {} }, signal);
    expect(found.isBetter).toBe(false);
    expect(found.now).toEqual(gates);
  });

  it("stops when it is told to", async () => {
    const stop = new AbortController();
    const running = calibrate(clips, { onStep: () => stop.abort(new Error("enough")) }, stop.signal);
    await expect(running).rejects.toThrow("enough");
  });
});

it("variants are counted as the clip is: backwards who went in comes out", () => {
  const clip = clipOf("a", [{ startS: 1, y: 100, score: 0.9 }], 1);
  const variants = variantsOf(clip);
  expect(variants.map((one) => differencesOf(one, USUAL_GATES))).toEqual([0, 0, 0, 0]);
  expect(variants.map((one) => one.lines[0])).toMatchObject([{ in: 1 }, { in: 0, out: 1 }, { in: 1 }, { in: 1 }]);
  expect(variants[2]!.pictures.length + variants[3]!.pictures.length).toBe(clip.pictures.length);
  expect(differencesOf({ ...clip, lines: [{ line, in: 3, out: 1 }] }, USUAL_GATES)).toBe(3);
});

describe("chooseGates", () => {
  const flat = (wrong: number) => GRID.map(() => wrong);
  it("takes the middle of a plain, not a lucky point beside cliffs", () => {
    const lucky = GRID.findIndex(({ newTrackScore, highScore }) => newTrackScore === 0.3 && highScore === 0.15);
    const plain = GRID.map((gates, i) => {
      if (i === lucky) return 1;
      return gates.newTrackScore >= 0.55 && gates.highScore >= 0.25 ? 1 : 8;
    });
    const chosen = GRID[chooseGates([{ wrong: plain, weight: 1 }])]!;
    expect(chosen.newTrackScore).toBeGreaterThanOrEqual(0.6);
    expect(chosen.highScore).toBeGreaterThanOrEqual(0.3);
  });

  it("weighs a clip with many crossings less for each of them", () => {
    expect(weightOf(100)).toBeCloseTo(0.1);
    expect(weightOf(0)).toBe(1);
    const first = flat(2).map((wrong, i) => (i === 0 ? 0 : wrong));
    const last = flat(4).map((wrong, i) => (i === GRID.length - 1 ? 0 : wrong));
    expect(
      chooseGates([
        { wrong: first, weight: 1 },
        { wrong: last, weight: 0.1 },
      ]),
    ).toBe(0);
    expect(
      chooseGates([
        { wrong: first, weight: 0.1 },
        { wrong: last, weight: 1 },
      ]),
    ).toBe(GRID.length - 1);
  });
});
