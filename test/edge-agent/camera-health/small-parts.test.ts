import { describe, expect, test } from "vitest";
import { letterboxOf } from "../../../edge-agent/camera/letterbox.ts";
import type { FrameShape } from "../../../edge-agent/camera/port.ts";
import { blobsIn } from "../../../edge-agent/camera-health/blobs-in.ts";
import { CameraHealth } from "../../../edge-agent/camera-health/camera-health.ts";
import { FrameRate } from "../../../edge-agent/camera-health/frame-rate.ts";
import { Hysteresis } from "../../../edge-agent/camera-health/hysteresis.ts";
import { Looker } from "../../../edge-agent/camera-health/look.ts";
import { viewGridOf } from "../../../edge-agent/camera-health/view-grid.ts";

describe("hysteresis", () => {
  const of = () => new Hysteresis({ fireS: 10, clearS: 5 });
  const add = (one: Hysteresis, evidence: "bad" | "good" | undefined, looks: number, s = 1) => {
    for (let i = 0; i < looks; i++) one.add(evidence, s);
    return one;
  };

  test("fires after so many bad seconds, clears after so many good ones", () => {
    const one = add(of(), "bad", 9);
    expect([one.holds, one.isDoubtful]).toEqual([false, true]);
    expect(one.add("bad", 1)).toBe(true);
    expect([one.holds, one.isDoubtful]).toEqual([true, false]);
    add(one, "good", 4);
    expect(one.holds).toBe(true);
    expect(one.add("good", 1)).toBe(true);
    expect(one.holds).toBe(false);
  });

  test("a fault stays while nothing is known, however long; a doubt goes", () => {
    expect(add(add(of(), "bad", 10), undefined, 10_000).holds).toBe(true);
    expect(add(add(of(), "bad", 9), undefined, 9).isDoubtful).toBe(false);
  });

  test("a bad look among good ones does not keep a fault from clearing for ever, but begins its wait anew", () => {
    const one = add(add(add(of(), "bad", 10), "good", 4), "bad", 1);
    expect(add(one, "good", 4).holds).toBe(true);
    expect(add(one, "good", 1).holds).toBe(false);
  });

  test("a gap is no evidence: one look after an hour counts for two seconds", () => {
    expect(add(of(), "bad", 4, 3_600).holds).toBe(false);
    expect(add(of(), "bad", 5, 3_600).holds).toBe(true);
  });

  test("it goes by seconds, not by looks", () => {
    expect(add(of(), "bad", 19, 0.5).holds).toBe(false);
    expect(add(of(), "bad", 20, 0.5).holds).toBe(true);
  });
});

describe("the rate of frames", () => {
  const play = (rate: FrameRate, fps: number, seconds: number, from: { index: number; atS: number }) => {
    const said: (string | undefined)[] = [];
    for (let i = 0; i < seconds * fps; i++) {
      const told = rate.add(from.index++, from.atS);
      from.atS += 1 / fps;
      if (told) said.push(told.evidence);
    }
    return said;
  };

  test.each([
    { name: "as always", maxFps: 10, usual: 10, fps: 10, word: "good" },
    { name: "a third of what it was", maxFps: 10, usual: 10, fps: 3.3, word: "bad" },
    { name: "a camera slower than asked for from the first", maxFps: 10, usual: 5, fps: 5, word: "good" },
    { name: "faster than is worked on, by night half as fast", maxFps: 10, usual: 25, fps: 12, word: "good" },
    { name: "too slow to follow anybody", maxFps: 10, usual: undefined, fps: 1.5, word: "bad" },
    { name: "one a second, as asked for", maxFps: 1, usual: undefined, fps: 1, word: "good" },
  ])("$name: $word", ({ maxFps, usual, fps, word }) => {
    const said = play(new FrameRate(maxFps, usual), fps, 60, { index: 0, atS: 0 });
    expect(said.length).toBeGreaterThan(3);
    expect(new Set(said)).toEqual(new Set([word]));
  });

  test.each([
    { name: "ten in a burst, then two seconds of nothing", burst: 10, pauseS: 2, word: "bad" },
    { name: "twenty, then a gap of half a second", burst: 20, pauseS: 0.6, word: "good" },
  ])("at a varying rate, $name: $word", ({ burst, pauseS, word }) => {
    const rate = new FrameRate(10, undefined);
    const said = new Set<string | undefined>();
    let atS = 0;
    for (let index = 0; index < 600; index++) {
      const told = rate.add(index, atS);
      if (told) said.add(told.evidence);
      atS += (index + 1) % burst === 0 ? pauseS : 0.1;
    }
    expect(said).toEqual(new Set([word]));
  });

  test("frames that a busy device leaves out are no gaps", () => {
    const rate = new FrameRate(10, 10);
    const said = Array.from({ length: 60 }, (_, k) => rate.add(8 * k, 0.8 * k)?.evidence ?? "good");
    expect(new Set(said)).toEqual(new Set(["good"]));
  });

  test("the usual rate is learned in the first minute, and not again", () => {
    const rate = new FrameRate(10, undefined);
    const from = { index: 0, atS: 0 };
    play(rate, 8, 70, from);
    expect(rate.usual).toBeCloseTo(8, 1);
    expect(play(rate, 3, 60, from).at(-1)).toBe("bad");
    expect(rate.usual).toBeCloseTo(8, 1);
  });
});

describe("pictures of odd sizes", () => {
  const shape: FrameShape = { width: 64, height: 48, pixelFormat: "gbrp", padValue: 114, padAlign: "top-left" };
  test.each([
    { width: 1, height: 1 },
    { width: 3, height: 2 },
    { width: 4000, height: 3 },
    { width: 5, height: 3000 },
    { width: 641, height: 479 },
  ])("$width x $height is looked at without a word of a fault", (picture) => {
    let nowMs = 0;
    const turns: string[] = [];
    const onTurn = (fault: string) => turns.push(fault);
    const health = new CameraHealth({ fps: 10, shape, setUp: "", monotonicMs: () => nowMs, onTurn });
    const data = new Uint8Array(64 * 48 * 3);
    for (let index = 0; index < 200; index++, nowMs += 1000) {
      for (let i = 0; i < data.length; i++) data[i] = 100 + ((i * 7 + index * 13) % 60);
      const times = { index: index * 10, captureMs: nowMs, atS: index };
      health.see({ cameraId: "c", ...times, picture, data, release: () => {} });
    }
    expect(turns).toEqual([]);
    expect(health.sight.state).toBe("seen");
    expect(["ok", "unknown"]).toContain(health.view({ status: "ok" }).view);
  });

  test("each point belongs to a cell and each cell to a block", () => {
    for (const picture of [
      { width: 641, height: 479 },
      { width: 9, height: 2000 },
      { width: 1, height: 1 },
    ]) {
      const grid = viewGridOf(letterboxOf(picture, shape));
      expect(grid.points.reduce((sum, one) => sum + one, 0)).toBe(grid.pointColumns * grid.pointRows);
      expect(Math.min(...grid.points)).toBeGreaterThan(0);
      expect(new Set(grid.blockOf).size).toBe(grid.blockColumns * grid.blockRows);
      expect(Math.max(...grid.blockOf)).toBe(grid.blockColumns * grid.blockRows - 1);
    }
  });
});

test("both pixel formats and a margin give the same look", () => {
  const [w, h] = [64, 48];
  const rgb: FrameShape = { width: w, height: h, pixelFormat: "rgb24", padValue: 128, padAlign: "centre" };
  const level = (x: number, y: number, c: number) => (x * 31 + y * 17 + c * 50 + ((x * y) % 23)) % 256;
  const packed = new Uint8Array(w * h * 3);
  const planes = new Uint8Array(w * h * 3);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const colours = [0, 1, 2].map((c) => (y < 6 || y >= 42 ? 128 : level(x, y, c)));
      packed.set(colours, 3 * (y * w + x));
      [colours[1], colours[2], colours[0]].forEach((value, plane) => {
        planes[plane * w * h + y * w + x] = value ?? 0;
      });
    }
  const grid = viewGridOf(letterboxOf({ width: 640, height: 360 }, rgb));
  expect([grid.top, grid.height]).toEqual([6, 36]);
  const one = new Looker(grid, rgb).at(packed);
  const other = new Looker(grid, { ...rgb, pixelFormat: "gbrp" }).at(planes);
  expect(one).toEqual(other);
  expect(one.colour).toBeGreaterThan(10);
  expect(packed).toHaveLength(w * h * 3);
});

test("groups of cells are counted, those that touch at a corner as one", () => {
  expect(blobsIn(Uint8Array.from([1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1]), 4, 3)).toBe(3);
  expect(blobsIn(new Uint8Array(12), 4, 3)).toBe(0);
});
