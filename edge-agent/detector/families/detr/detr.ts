import type { Family, Levels, Outputs, Reader } from "../family.ts";
import { judgeFound } from "../judge-found.ts";
import { IMAGENET_RGB, UNIT_RGB } from "../levels.ts";
import { decodeListed, decodeQueries, type Queries } from "./decode-detr.ts";

interface Kind {
  readonly levels: Levels;
  readonly person: number;
  readonly isSoftmax: boolean;
}

/**
 * What the number of classes tells: 80 (or person alone) are COCO's in a row, as RT-DETR and D-FINE have them; 91 are COCO's own
 * numbers, person 1, as RF-DETR has them; 92 are those and "nothing", of which one is right, as the first DETR has them.
 */
const KINDS: Readonly<Record<number, Kind>> = {
  1: { levels: UNIT_RGB, person: 0, isSoftmax: false },
  80: { levels: UNIT_RGB, person: 0, isSoftmax: false },
  91: { levels: IMAGENET_RGB, person: 1, isSoftmax: false },
  92: { levels: IMAGENET_RGB, person: 1, isSoftmax: true },
};

/** DETR (Carion et al. 2020) and those after it: a fixed number of boxes, each of another person, so nothing is suppressed. */
export const detr: Family = {
  frame: { pixelFormat: "gbrp", padValue: 0, padAlign: "centre" },
  input: "planes",
  sizeInput: "orig_target_sizes",
  needsNms: false,
  open(outputs, { inputWidth, inputHeight }) {
    return outputs.ports.length === 3 ? openListed(outputs) : openQueries(outputs, [inputWidth, inputHeight]);
  },
  judge(outputs, { inputWidth: width, inputHeight: height }) {
    const scores = (values: Readonly<Record<string, Float32Array>>) => values.scores ?? new Float32Array();
    return judgeFound(outputs, { width, height }, { scores });
  },
};

/** Labels, boxes in pixels and scores, as RT-DETR and D-FINE are exported. */
function openListed(outputs: Outputs): Reader {
  const { values: boxes, dims } = outputs.take("boxes", [1, undefined, 4]);
  const { values: labels } = outputs.take("labels", [1, dims[1]]);
  const { values: scores } = outputs.take("scores", [1, dims[1]]);
  return { levels: UNIT_RGB, read: (minScore, found) => decodeListed({ boxes, labels, scores }, minScore, found) };
}

/** Logits and boxes in parts of the frame: DETR, RF-DETR, and all exports of the transformers library. */
function openQueries(outputs: Outputs, size: readonly [number, number]): Reader {
  const boxPort = outputs.ports.find(({ dims }) => dims[2] === 4);
  const logitPort = outputs.ports.find(({ dims }) => dims[2] !== 4);
  const kind = KINDS[logitPort?.dims[2] ?? 0];
  if (boxPort === undefined || logitPort === undefined || kind === undefined)
    throw new Error(
      `the model gives ${outputs.ports.map(({ name, dims }) => `${name} [${dims.join(", ")}]`).join(" and ")}; ` +
        "it needs boxes [1, N, 4] and logits [1, N, 80, 91, 92 or 1]",
    );
  const { values: boxes, dims } = outputs.take(boxPort.name, [1, undefined, 4]);
  const { values: logits } = outputs.take(logitPort.name, [1, dims[1], undefined]);
  const { levels, person, isSoftmax } = kind;
  const queries: Queries = { boxes, logits, size, person, isSoftmax };
  return { levels, read: (minScore, found) => decodeQueries(queries, minScore, found) };
}
