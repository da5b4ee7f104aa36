import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Detections } from "../../../edge-agent/detector/detections.ts";
import type { DetectorModel } from "../../../edge-agent/detector/model.ts";
import { createDetector, type OnnxDetector } from "../../../edge-agent/detector/onnx-detector.ts";
import { frameOf, SHAPE } from "./frames.ts";
import { WHITE_SCORES, writeTinyModel } from "./tiny-model.ts";

const SETTINGS = { threads: 1, minScore: 0.1, nmsIou: 0.6 };

function boxesOf(detections: Detections): number[] {
  return Array.from(detections.boxes.subarray(0, 4 * detections.count), (side) => Math.round(side * 100) / 100);
}

describe("OnnxDetector", () => {
  let folder: string;
  let model: DetectorModel;
  let detector: OnnxDetector;
  const open: OnnxDetector[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kazoe-test-"));
    model = await writeTinyModel(join(folder, "tiny.onnx"));
    detector = await createDetector(model, SETTINGS);
  });
  afterEach(() => Promise.all(open.splice(0).map((one) => one.close())));
  afterAll(async () => {
    await detector.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("asks the camera for the model's frames", () => {
    expect(detector.shape).toEqual(SHAPE);
  });

  it("finds persons in source pixels, best first, one box a person", async () => {
    const found = await detector.detect(frameOf({ grey: 255 }));
    expect(found.count).toBe(2);
    expect([...found.scores.subarray(0, 2)]).toEqual([Math.fround(WHITE_SCORES[0]), Math.fround(WHITE_SCORES[2])]);
    expect(boxesOf(found)).toEqual([4, 0, 12, 8, 0, 2, 2, 6]);
  });

  it("leaves out what is below the lowest score", async () => {
    expect((await detector.detect(frameOf({ grey: 40 }))).count).toBe(1);
    expect((await detector.detect(frameOf({ grey: 0 }))).count).toBe(0);
  });

  it("serves many cameras in order, each with its own picture, and gives every frame back", async () => {
    let released = 0;
    const release = () => released++;
    const greys = Array.from({ length: 20 }, (_, i) => 100 + 5 * i);
    const order: number[] = [];
    const results = await Promise.all(
      greys.map(async (grey, i) => {
        const picture = { width: 16 * (i + 1), height: 8 * (i + 1) };
        const found = await detector.detect(
          frameOf({ cameraId: `c${i}`, grey, picture, release: () => void release() }),
        );
        order.push(i);
        return { score: found.scores[0]!, right: found.boxes[2]! };
      }),
    );
    expect(order).toEqual(greys.map((_, i) => i));
    expect(released).toBe(greys.length);
    for (const [i, { score, right }] of results.entries()) {
      expect(score).toBeCloseTo((WHITE_SCORES[0] * greys[i]!) / 255, 5);
      expect(right).toBeCloseTo(12 * (i + 1), 3);
    }
  });

  describe("a frame with parts", () => {
    const bytes = SHAPE.width * SHAPE.height * 3;
    const PARTS = [
      { left: 0, top: 0, width: 16, height: 8 },
      { left: 100, top: 40, width: 32, height: 16 },
    ];
    /** The whole is white: who looks at it finds people where no part has any. */
    const withParts = (greys: readonly number[]) => {
      const data = new Uint8Array(bytes * (1 + greys.length)).fill(255);
      for (const [k, grey] of greys.entries()) data.fill(grey, (k + 1) * bytes, (k + 2) * bytes);
      return { picture: { width: 200, height: 100 }, parts: PARTS.slice(0, greys.length), data };
    };

    it("is looked at part by part, not as a whole, and its persons are where they are in the picture", async () => {
      let released = 0;
      const frame = frameOf({ cameraId: "tiled", ...withParts([0, 255]), release: () => void released++ });
      const found = await detector.detect(frame);
      expect(boxesOf(found)).toEqual([108, 40, 124, 56, 100, 44, 104, 52]);
      expect(released).toBe(1);
    });

    it("gives the persons of all its parts, best first, and counts as one picture", async () => {
      detector.takeStats();
      const found = await detector.detect(frameOf({ cameraId: "tiled", ...withParts([255, 200]) }));
      expect(found.count).toBe(4);
      expect(boxesOf(found).slice(0, 4)).toEqual([4, 0, 12, 8]);
      expect([...found.scores.subarray(0, 4)]).toEqual([...found.scores.subarray(0, 4)].toSorted((a, b) => b - a));
      expect(detector.takeStats().frames).toBe(1);
    });

    it("keeps the last picture's result while the next one is worked on", async () => {
      const [first, second] = await Promise.all([
        detector.detect(frameOf({ cameraId: "tiled", ...withParts([255, 0]) })),
        detector.detect(frameOf({ cameraId: "tiled", ...withParts([0, 255]) })),
      ]);
      expect([boxesOf(first)[0], boxesOf(second)[0]]).toEqual([4, 108]);
    });

    it("is not known when one of its parts is not", async () => {
      const blind = await createDetector(
        await writeTinyModel(join(folder, "blind-in-part.onnx"), { blindInTheDark: true }),
        SETTINGS,
      );
      open.push(blind);
      expect((await blind.detect(frameOf(withParts([255, 0])))).finite).toBe(false);
      expect(blind.takeStats()).toMatchObject({ frames: 1, unusableFrames: 1 });
      expect((await blind.detect(frameOf(withParts([255, 255])))).finite).toBe(true);
    });

    it("whose bytes are too few fails alone", async () => {
      const frame = { ...withParts([255, 255]), data: new Uint8Array(2 * bytes) };
      await expect(detector.detect(frameOf({ cameraId: "tiled", ...frame }))).rejects.toThrow(/needs 288/);
      expect((await detector.detect(frameOf({ cameraId: "tiled", ...withParts([255, 255]) }))).count).toBe(4);
    });

    it("serves other cameras meanwhile", async () => {
      const [tiled, plain] = await Promise.all([
        detector.detect(frameOf({ cameraId: "tiled", ...withParts([255, 255]) })),
        detector.detect(frameOf({ cameraId: "plain", grey: 255 })),
      ]);
      expect([tiled.count, plain.count]).toEqual([4, 2]);
    });
  });

  it("keeps a result until the camera's next call but one", async () => {
    const first = await detector.detect(frameOf({ grey: 255 }));
    const second = await detector.detect(frameOf({ grey: 0 }));
    expect([first.count, second.count]).toEqual([2, 0]);
  });

  it("follows a camera whose picture changes its size", async () => {
    await detector.detect(frameOf({ grey: 255 }));
    const found = await detector.detect(frameOf({ grey: 255, picture: { width: 32, height: 16 } }));
    expect(boxesOf(found)).toEqual([8, 0, 24, 16, 0, 4, 4, 12]);
  });

  it("tells the mean time of the model, and starts anew", async () => {
    detector.takeStats();
    expect(detector.takeStats().meanInferenceMs).toBe(0);
    await detector.detect(frameOf({}));
    expect(detector.takeStats().meanInferenceMs).toBeGreaterThan(0);
  });

  it("tells a picture of which nothing is known from an empty one, counts it, and goes on", async () => {
    const blind = await createDetector(
      await writeTinyModel(join(folder, "blind.onnx"), { blindInTheDark: true }),
      SETTINGS,
    );
    open.push(blind);
    const seen = async (grey: number) => {
      const { finite, count } = await blind.detect(frameOf({ grey }));
      return { finite, count };
    };
    expect([await seen(255), await seen(0), await seen(0), await seen(1)]).toEqual([
      { finite: true, count: 2 },
      { finite: false, count: 0 },
      { finite: false, count: 0 },
      { finite: true, count: 0 },
    ]);
    expect(blind.takeStats()).toMatchObject({ unusableFrames: 2 });
    expect(blind.takeStats()).toMatchObject({ unusableFrames: 0 });
  });

  it("measures the bare session", async () => {
    expect(await detector.benchmark(frameOf({}).data, 0.2)).toBeGreaterThan(10);
  });

  it("lets calls under way finish when it closes, and refuses later ones", async () => {
    const closing = await createDetector(model, SETTINGS);
    const under = closing.detect(frameOf({ grey: 255 }));
    await Promise.all([under, closing.close()]);
    expect((await under).count).toBe(2);
    let released = 0;
    const late = closing.detect(frameOf({ release: () => void released++ }));
    await expect(late).rejects.toMatchObject({ code: "INTERNAL" });
    expect(released).toBe(1);
    await closing.close();
  });

  it("fails the call whose frame does not fit, and goes on", async () => {
    const data = new Uint8Array(10_000);
    for (let i = 0; i < 5; i++) await expect(detector.detect(frameOf({ data }))).rejects.toThrowError();
    expect((await detector.detect(frameOf({ grey: 255 }))).count).toBe(2);
  });

  it.each([
    { name: "no file", file: "none.onnx", code: "MODEL_NOT_FOUND" },
    { name: "no model", file: "text.onnx", code: "MODEL_INVALID" },
    { name: "another family", file: "tiny.onnx", change: { family: "yolox" }, code: "MODEL_INVALID" },
    { name: "another size", file: "tiny.onnx", change: { inputWidth: 16 }, code: "MODEL_INVALID" },
  ] as const)("refuses $name", async ({ file, code, ...rest }) => {
    await writeFile(join(folder, "text.onnx"), "not a model");
    const changed = { ...model, path: join(folder, file), ...("change" in rest ? rest.change : {}) };
    const creating = createDetector(changed, SETTINGS).then((one) => open.push(one));
    await expect(creating).rejects.toMatchObject({ code });
  });
});
