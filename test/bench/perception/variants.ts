import type { MotRows } from "../../../edge-agent/mot/mot-rows.ts";
import { Random } from "../quality/random.ts";
import type { Sequence } from "./sequences.ts";

/** Another film made of one: every so many-th picture, from the end, with detections lost and shaken. */
export interface Variant {
  readonly every?: number;
  readonly backwards?: boolean;
  readonly lost?: number;
  /** Standard deviation in box heights. */
  readonly shaken?: number;
}

/** What constants are chosen on: one film alone would be fitted by its accidents. */
export const VARIANTS: readonly Variant[] = [
  {},
  { backwards: true },
  { every: 2 },
  { every: 3, backwards: true },
  { lost: 0.1, shaken: 0.015 },
];

const SLOWEST_FPS = 2;

/** The film as `variant` has it; not slower than the tracker is for. */
export function varied(sequence: Sequence, variant: Variant): Sequence {
  const every = sequence.fps / (variant.every ?? 1) < SLOWEST_FPS ? 1 : (variant.every ?? 1);
  const at = { ...variant, every, frames: sequence.frames };
  return {
    ...sequence,
    fps: sequence.fps / every,
    frames: Math.ceil(sequence.frames / every),
    detections: changed(sequence.detections, at),
    truth: changed(sequence.truth, { ...at, lost: 0, shaken: 0 }),
  };
}

type Change = Variant & { readonly every: number; readonly frames: number };

function changed(rows: MotRows, { every, backwards = false, lost = 0, shaken = 0, frames }: Change): MotRows {
  const random = new Random(7);
  const kept: { readonly row: number; readonly frame: number }[] = [];
  for (let row = 0; row < rows.count; row++) {
    const frame = backwards ? frames - rows.frames[row]! : rows.frames[row]! - 1;
    if (frame % every === 0 && random.next() >= lost) kept.push({ row, frame: frame / every + 1 });
  }
  kept.sort((a, b) => a.frame - b.frame);
  const boxes = new Float32Array(4 * kept.length);
  for (const [k, { row }] of kept.entries()) {
    const height = rows.boxes[4 * row + 3]! - rows.boxes[4 * row + 1]!;
    const move = [shaken * height * random.normal(), shaken * height * random.normal()];
    for (let side = 0; side < 4; side++) boxes[4 * k + side] = rows.boxes[4 * row + side]! + move[side % 2]!;
  }
  return {
    count: kept.length,
    frames: Int32Array.from(kept, ({ frame }) => frame),
    ids: Int32Array.from(kept, ({ row }) => rows.ids[row]!),
    boxes,
    scores: Float32Array.from(kept, ({ row }) => rows.scores[row]!),
  };
}
