import type { Family, OutputPort } from "../family.ts";
import { judgeFound } from "../judge-found.ts";
import { normalised } from "../levels.ts";
import { decodeCenternet } from "./decode-centernet.ts";

const LEVELS = normalised("bgr", {
  most: 1,
  mean: [0.408, 0.447, 0.47],
  spread: [0.289, 0.274, 0.278],
});

/**
 * CenterNet (Zhou et al. 2019, "Objects as Points"): a map of centres by class, person first, with maps of widths and heights and of
 * the centres' offsets, all in cells of 4 pixels. A peak is one person, so nothing is suppressed.
 */
export const centernet: Family = {
  frame: { pixelFormat: "gbrp", padValue: 114, padAlign: "centre" },
  input: "planes",
  needsNms: false,
  open(outputs, { inputWidth }) {
    const [heatPort, sizePort, offsetPort] = mapsOf(outputs.ports);
    const heat = outputs.take(heatPort.name, [1, undefined, undefined, undefined]);
    const [, , rows = 0, columns = 0] = heat.dims;
    const sizes = outputs.take(sizePort.name, [1, 2, rows, columns]).values;
    const offsets = outputs.take(offsetPort.name, [1, 2, rows, columns]).values;
    // A probability is never below 0, and of thousands of logits some always are.
    const isLogit = heat.values.some((value) => value < 0);
    const maps = { heat: heat.values, sizes, offsets, columns, rows, stride: inputWidth / columns, isLogit };
    return { levels: LEVELS, read: (minScore, found) => decodeCenternet(maps, minScore, found) };
  },
  judge(outputs, { inputWidth: width, inputHeight: height }) {
    const scores = () => new Float32Array();
    return judgeFound(outputs, { width, height }, { scores });
  },
};

/** Heat, sizes, offsets: by name, since the last two have one form. */
function mapsOf(ports: readonly OutputPort[]): [OutputPort, OutputPort, OutputPort] {
  const sizes = ports.find(({ name }) => /wh|size/i.test(name));
  const offsets = ports.find(({ name }) => /reg|off/i.test(name));
  const heat = ports.find((port) => port !== sizes && port !== offsets);
  if (heat === undefined || sizes === undefined || offsets === undefined)
    throw new Error(`the model gives ${ports.map(({ name }) => name).join(", ")}; it needs hm, wh and reg`);
  return [heat, sizes, offsets];
}
