/** Boxes of people by frame, as a judge of trackers needs them. */
export interface Boxes {
  readonly count: number;
  /** From 1, ascending. */
  readonly frames: Int32Array;
  readonly ids: Int32Array;
  /** `[left, top, right, bottom]` of row i at 4i..4i+3. */
  readonly boxes: Float32Array;
}

/** Rows of one frame: from `from` until before `to`. */
export interface FrameRows {
  readonly frame: number;
  readonly from: number;
  readonly to: number;
}

/** The rows of each frame that has any, in order. */
export function frameRows({ count, frames }: Boxes): FrameRows[] {
  const rows: FrameRows[] = [];
  for (let from = 0; from < count; ) {
    let to = from + 1;
    while (to < count && frames[to] === frames[from]) to++;
    rows.push({ frame: frames[from]!, from, to });
    from = to;
  }
  return rows;
}

/** Overlaps of all true boxes of one frame with all result boxes, row-major. */
export function overlaps(truth: Boxes, g: FrameRows, result: Boxes, r: FrameRows): Float64Array {
  const columns = r.to - r.from;
  const out = new Float64Array((g.to - g.from) * columns);
  for (let i = g.from; i < g.to; i++) {
    for (let j = r.from; j < r.to; j++) out[(i - g.from) * columns + j - r.from] = iou(truth.boxes, i, result.boxes, j);
  }
  return out;
}

function iou(a: Float32Array, i: number, b: Float32Array, j: number): number {
  const width = Math.min(a[4 * i + 2]!, b[4 * j + 2]!) - Math.max(a[4 * i]!, b[4 * j]!);
  const height = Math.min(a[4 * i + 3]!, b[4 * j + 3]!) - Math.max(a[4 * i + 1]!, b[4 * j + 1]!);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (areaOf(a, i) + areaOf(b, j) - shared);
}

const areaOf = (boxes: Float32Array, i: number) =>
  (boxes[4 * i + 2]! - boxes[4 * i]!) * (boxes[4 * i + 3]! - boxes[4 * i + 1]!);
