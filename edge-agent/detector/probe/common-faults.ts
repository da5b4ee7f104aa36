import type { FrameSize, ProbeOutput } from "./verdict.ts";

/** Rounding may leave a probability this far outside 0..1. */
const SCORE_SLACK = 0.01;
/** Of all boxes, as many may be odd: the probe looks for a wrong reading, which makes most of them so. */
const ODD_SHARE = 0.05;
/** A centre may lie this many pictures beyond the rim: people are cut off by it. */
const BEYOND = 0.5;
/** A side may be as many pictures long. */
const MOST_SIDES = 4;
/** A model whose median box covers more of the picture than this tells nothing of where anybody stands. */
const MOST_COVERED = 0.8;
/** Less than any change that a picture makes in a trained model. */
const SAME = 1e-6;

const shown = (value: number) => String(Number(value.toPrecision(3)));

/** A number of the output that is none. */
export function notFinite(outputs: readonly ProbeOutput[]): string | undefined {
  for (const { picture, values } of outputs) {
    for (const [name, data] of Object.entries(values)) {
      const wrong = data.reduce((count, value) => count + (Number.isFinite(value) ? 0 : 1), 0);
      if (wrong > 0)
        return `on ${picture} ${wrong} of ${data.length} numbers of "${name}" are not finite (NaN or infinite)`;
    }
  }
  return undefined;
}

/** An output that does not depend on the picture. */
export function neverChanges(outputs: readonly ProbeOutput[]): string | undefined {
  const [first, ...others] = outputs;
  const differs = others.some(({ values }) =>
    Object.entries(values).some(([name, data]) =>
      data.some((value, i) => Math.abs(value - (first?.values[name]?.[i] ?? 0)) > SAME),
    ),
  );
  return differs ? undefined : `it gives the same for ${outputs.map(({ picture }) => picture).join(", ")}`;
}

/** Scores that are no probabilities. */
export function notProbabilities(what: string, scores: Iterable<number>): string | undefined {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const score of scores) {
    least = Math.min(least, score);
    most = Math.max(most, score);
  }
  if (least >= -SCORE_SLACK && most <= 1 + SCORE_SLACK) return undefined;
  const range = `${what} go from ${shown(least)} to ${shown(most)}; probabilities from 0 to 1 are expected`;
  return least < 0 ? `${range}: these are logits, so export the model with its sigmoid` : range;
}

/** Boxes as `[left, top, right, bottom]` that cannot be those of things in a picture of that size. */
export function implausibleBoxes(boxes: readonly (readonly number[])[], frame: FrameSize): string | undefined {
  const { width, height } = frame;
  const within = (value: number, side: number) => value >= -BEYOND * side && value <= (1 + BEYOND) * side;
  const isTurned = ([left = 0, top = 0, right = 0, bottom = 0]: readonly number[]) => !(right > left && bottom > top);
  const isFar = ([left = 0, top = 0, right = 0, bottom = 0]: readonly number[]) =>
    !within((left + right) / 2, width) || !within((top + bottom) / 2, height);
  const isHuge = ([left = 0, top = 0, right = 0, bottom = 0]: readonly number[]) =>
    right - left > MOST_SIDES * width || bottom - top > MOST_SIDES * height;
  const size = `a frame of ${width}x${height}`;
  const share = (isOdd: (box: readonly number[]) => boolean) => boxes.filter(isOdd).length / boxes.length;
  const percent = (part: number) => `${Math.round(100 * part)} % of the boxes`;
  const [turned, far, huge] = [share(isTurned), share(isFar), share(isHuge)];
  if (turned > ODD_SHARE) return `${percent(turned)} have no area: left, top, right, bottom is expected`;
  if (far > ODD_SHARE) return `${percent(far)} lie far outside ${size}`;
  if (huge > ODD_SHARE) return `${percent(huge)} are more than ${MOST_SIDES} times as large as ${size}`;
  const [first = []] = boxes;
  if (boxes.length > 1 && boxes.every((box) => box.every((side, i) => Math.abs(side - (first[i] ?? 0)) < 0.5)))
    return `all ${boxes.length} boxes are the same`;
  const covered = boxes.map((box) => coveredShare(box, frame)).toSorted((a, b) => a - b);
  const middle = covered[Math.floor(covered.length / 2)] ?? 0;
  return middle > MOST_COVERED ? `most boxes cover the whole picture (${size})` : undefined;
}

function coveredShare([left = 0, top = 0, right = 0, bottom = 0]: readonly number[], frame: FrameSize): number {
  const across = Math.min(right, frame.width) - Math.max(left, 0);
  const down = Math.min(bottom, frame.height) - Math.max(top, 0);
  return (Math.max(0, across) * Math.max(0, down)) / (frame.width * frame.height);
}
