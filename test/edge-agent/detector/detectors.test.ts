import { expect, test } from "vitest";
import { Detectors } from "../../../edge-agent/detector/detectors.ts";
import type { Detector, DetectorStats } from "../../../edge-agent/detector/port.ts";
import { SHAPE } from "./frames.ts";

class Worked implements Detector {
  readonly shape = SHAPE;
  closed = 0;
  readonly #stats: DetectorStats;

  constructor(stats: DetectorStats) {
    this.#stats = stats;
  }

  takeStats = () => this.#stats;
  detect = async () => {
    throw new Error("not asked");
  };
  close = async () => {
    this.closed++;
  };
}

test("cameras may share a detector; its frames count once, and it is closed once", async () => {
  const shared = new Worked({ frames: 30, meanInferenceMs: 20, unusableFrames: 1 });
  const own = new Worked({ frames: 10, meanInferenceMs: 4, unusableFrames: 0 });
  const detectors = new Detectors(
    new Map([
      ["door", own],
      ["aisle", shared],
      ["till", shared],
    ]),
  );
  expect([detectors.of("door"), detectors.of("aisle"), detectors.of("till")]).toEqual([own, shared, shared]);
  expect(detectors.takeStats()).toEqual({ frames: 40, meanInferenceMs: 16, unusableFrames: 1 });
  await detectors.close();
  expect([own.closed, shared.closed]).toEqual([1, 1]);
});

test("without a frame the mean is 0, and a camera that is not known is a fault of ours", () => {
  const detectors = new Detectors(
    new Map([["door", new Worked({ frames: 0, meanInferenceMs: 0, unusableFrames: 0 })]]),
  );
  expect(detectors.takeStats().meanInferenceMs).toBe(0);
  expect(() => detectors.of("roof")).toThrow("no detector for camera roof");
});
