import type { GraphModel } from "@tensorflow/tfjs-converter";
import type { Tensor as TensorOf } from "onnxruntime-node";
import { beforeAll, describe, expect, it } from "vitest";
import { DRAWN_BOXES, drawnPeople } from "../../../edge-agent/detector/probe/drawn-people.ts";
import { seededBytes } from "../../../edge-agent/detector/probe/seeded-bytes.ts";
import { InferenceSession, Tensor } from "../../../firmware-config/kit/onnx-runtime.ts";
import { convertSsdlite, type InputSize } from "../../../models/ssdlite/convert.ts";
import { readSourceWeights, type SourceWeights } from "../../../models/ssdlite/source-weights.ts";
import { loadOriginal, runOriginal, runOriginalClassLayers } from "../support/original.ts";
import { sourceFiles } from "../support/source.ts";

const TOLERANCE = 1e-3;
/** Boxes of 58 to 207 px; without the shift of the anchors they lie 10 to 19 px off. */
const CENTRE_TOLERANCE_PX = 7;
const ORIGINAL_PX = 300;
const PERSON_OF_90 = 0;
const PERSON_OF_91 = 1;

let original: GraphModel;
let weights: SourceWeights;

beforeAll(async () => {
  const files = await sourceFiles();
  original = await loadOriginal(files);
  weights = readSourceWeights(files);
}, 120_000);

async function runConverted(picture: Uint8Array, { width, height }: InputSize) {
  const session = await InferenceSession.create(convertSsdlite(weights, { width, height }), { intraOpNumThreads: 2 });
  const { boxes, scores } = await session.run({ image: new Tensor("uint8", picture, [1, height, width, 3]) });
  await session.release();
  return { boxes: Float32Array.from(valuesOf(boxes)), scores: Float32Array.from(valuesOf(scores)) };
}

function valuesOf(tensor: TensorOf | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) throw new TypeError("expected a float32 output");
  return tensor.data;
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0);
}

/** The original's boxes (top, left, bottom, right in 0..1) in our order and unit, still in 0..1. */
function reordered(boxes: Float32Array): Float32Array {
  return boxes.map((_, index) => boxes[index - (index % 4) + [1, 0, 3, 2][index % 4]!]!);
}

describe.each([
  { name: "drawn people", picture: drawnPeople({ width: ORIGINAL_PX, height: ORIGINAL_PX, left: 0, top: 0 }) },
  { name: "seeded noise", picture: seededBytes(ORIGINAL_PX * ORIGINAL_PX * 3) },
])("the whole model on $name", ({ picture }) => {
  it("gives the scores and boxes of the original", async () => {
    const expected = await runOriginal(original, picture, ORIGINAL_PX);
    const found = await runConverted(picture, { width: ORIGINAL_PX, height: ORIGINAL_PX });

    const persons = expected.scores.filter((_, index) => index % 90 === PERSON_OF_90);
    const boxes = found.boxes.map((value) => value / ORIGINAL_PX);
    const scoreDifference = largestDifference(found.scores, persons);
    const boxDifference = largestDifference(boxes, reordered(expected.boxes));
    console.info(`largest difference: scores ${scoreDifference}, boxes ${boxDifference}`);
    expect(scoreDifference).toBeLessThan(TOLERANCE);
    expect(boxDifference).toBeLessThan(TOLERANCE);
  });
});

describe.each([
  { width: 416, height: 320 },
  { width: 512, height: 288 },
])("the layers at $width x $height", (size) => {
  it("give the scores of the original's layers at that size", async () => {
    const picture = seededBytes(size.width * size.height * 3, 7);
    const layers = await runOriginalClassLayers(original, picture, size);
    const expected = layers.flatMap((layer) => Array.from(layer).filter((_, index) => index % 91 === PERSON_OF_91));
    const { scores } = await runConverted(picture, size);
    expect(
      largestDifference(
        scores,
        expected.map((logit) => 1 / (1 + Math.exp(-logit))),
      ),
    ).toBeLessThan(TOLERANCE);
  });
});

describe.each([
  { width: 300, height: 300 },
  { width: 416, height: 320 },
  { width: 400, height: 304 },
  { width: 512, height: 384 },
  { width: 640, height: 480 },
  { width: 768, height: 448 },
])("people of the same size at $width x $height", (size) => {
  it("are found where they stand, whatever the padding of that size", async () => {
    const left = Math.floor((size.width - ORIGINAL_PX) / 2);
    const top = Math.floor((size.height - ORIGINAL_PX) / 2);
    const { boxes, scores } = await runConverted(drawnPeople({ ...size, left, top }), size);
    for (const wanted of DRAWN_BOXES) {
      const best = bestRow(boxes, scores, wanted[0] + left, wanted[2] + left);
      const [boxLeft, boxTop, boxRight, boxBottom] = boxes.subarray(best * 4, best * 4 + 4);
      expect(scores[best]).toBeGreaterThan(0.5);
      expect(Math.abs((boxLeft! + boxRight! - wanted[0] - wanted[2]) / 2 - left)).toBeLessThan(CENTRE_TOLERANCE_PX);
      expect(Math.abs((boxTop! + boxBottom! - wanted[1] - wanted[3]) / 2 - top)).toBeLessThan(CENTRE_TOLERANCE_PX);
    }
  });
});

/** The most certain row whose centre lies between two columns. */
function bestRow(boxes: Float32Array, scores: Float32Array, left: number, right: number): number {
  let best = -1;
  for (let row = 0; row < scores.length; row++) {
    const centre = (boxes[row * 4]! + boxes[row * 4 + 2]!) / 2;
    if (centre > left && centre < right && (best < 0 || scores[row]! > scores[best]!)) best = row;
  }
  return best;
}
