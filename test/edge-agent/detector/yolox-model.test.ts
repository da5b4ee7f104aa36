import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FfmpegCamera } from "../../../edge-agent/camera/ffmpeg/ffmpeg-camera.ts";
import { detectAhead } from "../../../edge-agent/detector/detect-ahead.ts";
import type { Detections } from "../../../edge-agent/detector/detections.ts";
import { iou } from "../../../edge-agent/detector/nms.ts";
import { createDetector, type OnnxDetector } from "../../../edge-agent/detector/onnx-detector.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { hasFfmpeg } from "../camera/clips.ts";

const SHARED = fileURLToPath(new URL("../../../../shared/data/", import.meta.url));
const MODEL = `${SHARED}model/yolox_nano.onnx`;
const VIDEO = `${SHARED}video/vtest.avi`;
const TRUTH = `${SHARED}mot/PETS09-S2L1/gt.txt`;
const LAST_FRAME = 40;

const present = [MODEL, VIDEO, TRUTH].every((path) => existsSync(path));
if (!present) console.warn("skipped: ../shared/data is not beside the repository");

/** Persons of each frame, from 1, as `[left, top, right, bottom]`. */
function readTruth(): Map<number, number[][]> {
  const byFrame = new Map<number, number[][]>();
  for (const line of readFileSync(TRUTH, "utf8").trim().split("\n")) {
    const [frame = 0, , left = 0, top = 0, width = 0, height = 0, used] = line.split(",").map(Number);
    if (used === 0) continue;
    byFrame.set(frame, [...(byFrame.get(frame) ?? []), [left, top, left + width, top + height]]);
  }
  return byFrame;
}

function isFound(person: readonly number[], found: Detections): boolean {
  const box = Float32Array.from(person);
  for (let i = 0; i < found.count; i++) if (iou(box, 0, found.boxes, i) >= 0.5) return true;
  return false;
}

describe.skipIf(!present || !hasFfmpeg())("yolox_nano on the PETS film", () => {
  let detector: OnnxDetector;
  beforeAll(async () => {
    const model = { path: MODEL, family: "yolox", inputWidth: 416, inputHeight: 416 } as const;
    detector = await createDetector(model, { threads: 0, minScore: 0.1, nmsIou: 0.6 });
  });
  afterAll(() => detector.close());

  it("finds the people where the ground truth has them", async () => {
    const camera = new FfmpegCamera({
      settings: { id: "pets", source: VIDEO, pace: "fast", loop: false, fps: 60, stallS: 20 },
      shape: detector.shape,
      clock: systemClock,
      log: silentLog,
    });
    const truth = readTruth();
    let persons = 0;
    let found = 0;
    for await (const { index, detections } of detectAhead(camera.frames(new AbortController().signal), detector)) {
      if (index >= LAST_FRAME) break;
      const there = truth.get(index + 1) ?? [];
      persons += there.length;
      found += there.filter((person) => isFound(person, detections)).length;
    }
    expect(persons).toBeGreaterThan(150);
    expect(found / persons).toBeGreaterThan(0.85);
  });

  it("sees nobody in an empty picture", async () => {
    const frame = { cameraId: "empty", index: 0, captureMs: 0, atS: 0, picture: { width: 416, height: 416 } };
    const data = new Uint8Array(416 * 416 * 3).fill(114);
    const found = await detector.detect({ ...frame, data, release: () => {} });
    expect(found.count).toBe(0);
  });
});
