import { describe, expect, it } from "vitest";
import type { Frame } from "../../../edge-agent/camera/port.ts";
import { detectAhead } from "../../../edge-agent/detector/detect-ahead.ts";
import { createDetections } from "../../../edge-agent/detector/detections.ts";
import type { Detector, DetectorStats } from "../../../edge-agent/detector/port.ts";
import { frameOf, SHAPE } from "./frames.ts";

class FakeDetector implements Detector {
  readonly shape = SHAPE;
  readonly started: number[] = [];
  failAt = -1;
  unknownAt: readonly number[] = [];

  takeStats(): DetectorStats {
    return { frames: 0, meanInferenceMs: 0, unusableFrames: 0 };
  }

  async detect(frame: Frame) {
    this.started.push(frame.index);
    frame.release();
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (frame.index === this.failAt) throw new Error("the model broke");
    return { ...createDetections(1), finite: !this.unknownAt.includes(frame.index), count: frame.index };
  }

  async close(): Promise<void> {}
}

async function* frames(count: number, closed = { value: false }): AsyncGenerator<Frame> {
  try {
    for (let i = 0; i < count; i++) yield frameOf({ index: i });
  } finally {
    closed.value = true;
  }
}

describe("detectAhead", () => {
  it("leaves out a frame of which nothing is known, as if it had never come", async () => {
    const detector = new FakeDetector();
    detector.unknownAt = [0, 2, 3, 5];
    const seen: number[] = [];
    for await (const { index } of detectAhead(frames(6), detector)) seen.push(index);
    expect(seen).toEqual([1, 4]);
    expect(detector.started).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("keeps the order, and the times with their persons", async () => {
    const seen: number[][] = [];
    for await (const { index, atS, detections } of detectAhead(frames(5), new FakeDetector())) {
      seen.push([index, atS, detections.count]);
    }
    expect(seen).toEqual([0, 1, 2, 3, 4].map((i) => [i, i / 10, i]));
  });

  it("has one frame ahead with the detector, and no more", async () => {
    const detector = new FakeDetector();
    for await (const { index } of detectAhead(frames(5), detector)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(detector.started.at(-1)).toBe(Math.min(index + 1, 4));
    }
  });

  it("hands a result over when it is there, not when another frame comes", async () => {
    const detected = detectAhead(oneAndSilence(), new FakeDetector());
    expect((await detected.next()).value).toMatchObject({ index: 0 });
  });

  it("raises a failure in its turn, and closes the camera", async () => {
    const closed = { value: false };
    const detector = new FakeDetector();
    detector.failAt = 2;
    const seen: number[] = [];
    const running = (async () => {
      for await (const { index } of detectAhead(frames(5, closed), detector)) seen.push(index);
    })();
    await expect(running).rejects.toThrowError("the model broke");
    expect(seen).toEqual([0, 1]);
    expect(closed.value).toBe(true);
  });

  it("closes the camera when the consumer has had enough", async () => {
    const closed = { value: false };
    for await (const { index } of detectAhead(frames(50, closed), new FakeDetector())) if (index === 1) break;
    expect(closed.value).toBe(true);
  });
});

async function* oneAndSilence(): AsyncGenerator<Frame> {
  yield frameOf({ index: 0 });
  await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
}
