import type { Family, OutputPort } from "../family.ts";
import { judgeFound } from "../judge-found.ts";
import { UNIT_RGB } from "../levels.ts";
import { decodeYolov8, type Yolov8Output } from "./decode-yolov8.ts";

/** Numbers of a box, with COCO's 80 classes or with person alone. */
const WITHOUT_OBJECTNESS: readonly number[] = [84, 5];
const WITH_OBJECTNESS: readonly number[] = [85, 6];

/**
 * The exports of YOLOv8 and v11, `[1, 4 + classes, N]`, and of YOLOv5, `[1, N, 5 + classes]` with three boxes a cell: R, G, B of
 * 0..1 in; centres and sides in pixels and probabilities out.
 */
export const yolov8: Family = {
  frame: { pixelFormat: "gbrp", padValue: 114, padAlign: "centre" },
  input: "planes",
  needsNms: true,
  open(outputs) {
    const [port = { name: "output0", dims: [] }] = outputs.ports;
    const { values } = outputs.take(port.name, formOf(port));
    const output = { values, ...layoutOf(port) };
    return { levels: UNIT_RGB, read: (minScore, found) => decodeYolov8(output, minScore, found) };
  },
  judge(outputs, { inputWidth: width, inputHeight: height }) {
    const count = Object.values(outputs[0]?.values ?? {})[0]?.length ?? 0;
    // Three boxes in each cell of strides 8, 16 and 32, against one.
    const cells = (width * height * 21) / 1024;
    const isV5 = WITH_OBJECTNESS.includes(count / (3 * cells));
    const layout = isV5
      ? layoutOf({ name: "", dims: [1, 3 * cells, count / (3 * cells)] })
      : layoutOf({ name: "", dims: [1, count / cells, cells] });
    return judgeFound(
      outputs,
      { width, height },
      {
        scores: (values) => scoresOf({ values: Object.values(values)[0] ?? new Float32Array(), ...layout }),
        classes: (values) => classesOf({ values: Object.values(values)[0] ?? new Float32Array(), ...layout }),
      },
    );
  },
};

function formOf({ dims }: OutputPort): (number | undefined)[] {
  const [, rows = 0, columns = 0] = dims;
  if (WITHOUT_OBJECTNESS.includes(rows)) return [1, rows, undefined];
  if (WITH_OBJECTNESS.includes(columns)) return [1, undefined, columns];
  throw new Error(`the model gives [${dims.join(", ")}]; it needs [1, 84 or 5, N] or [1, N, 85 or 6]`);
}

/** Where the numbers of a box lie. */
function layoutOf({ dims }: OutputPort): Omit<Yolov8Output, "values"> {
  const [, rows = 0, columns = 0] = dims;
  if (WITHOUT_OBJECTNESS.includes(rows))
    return { count: columns, length: rows, boxStep: 1, numberStep: columns, hasObjectness: false };
  return { count: rows, length: columns, boxStep: columns, numberStep: 1, hasObjectness: true };
}

function scoresOf({ values, count, length, boxStep, numberStep }: Yolov8Output): Float32Array {
  const scores = new Float32Array(count * (length - 4));
  let at = 0;
  for (let i = 0; i < count; i++) for (let k = 4; k < length; k++) scores[at++] = values[i * boxStep + k * numberStep]!;
  return scores;
}

function classesOf({ values, count, length, boxStep, numberStep, hasObjectness }: Yolov8Output): number[] {
  const first = hasObjectness ? 5 : 4;
  return Array.from({ length: length - first }, (_, c) => {
    let best = 0;
    for (let i = 0; i < count; i++) {
      const objectness = hasObjectness ? values[i * boxStep + 4 * numberStep]! : 1;
      best = Math.max(best, objectness * values[i * boxStep + (first + c) * numberStep]!);
    }
    return best;
  });
}
