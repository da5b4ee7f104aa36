import { anchorShift, TRAINED_SIZE_PX } from "./anchor-shift.ts";
import type { Tensor } from "./tensor.ts";

/** Width and height of an anchor box in pixels. */
export interface AnchorShape {
  readonly width: number;
  readonly height: number;
}

/** Cells along one side of each of the original model's six feature maps, and anchors in each cell. */
const ORIGINAL_MAPS = [
  { cells: 19, anchors: 3 },
  { cells: 10, anchors: 6 },
  { cells: 5, anchors: 6 },
  { cells: 3, anchors: 6 },
  { cells: 2, anchors: 6 },
  { cells: 1, anchors: 6 },
] as const;

/** Anchor shapes of each feature map, read from the original's constant [1, 1917, (top, left, bottom, right)] in 0..1. */
export function anchorShapes({ shape, data }: Tensor): AnchorShape[][] {
  const total = ORIGINAL_MAPS.reduce((sum, map) => sum + map.cells * map.cells * map.anchors, 0);
  if (shape[1] !== total) throw new RangeError(`Expected ${total} anchors, found ${shape[1]}`);
  let first = 0;
  return ORIGINAL_MAPS.map(({ cells, anchors }) => {
    const shapes = Array.from({ length: anchors }, (_, index) => shapeAt(data, first + index));
    first += cells * cells * anchors;
    return shapes;
  });
}

function shapeAt(data: Float32Array, anchor: number): AnchorShape {
  const [top, left, bottom, right] = data.subarray(anchor * 4, anchor * 4 + 4);
  return { width: (right! - left!) * TRAINED_SIZE_PX, height: (bottom! - top!) * TRAINED_SIZE_PX };
}

/** Grid of one feature map over the model's input. */
export interface AnchorGrid {
  readonly columns: number;
  readonly rows: number;
  readonly anchorsPerCell: number;
  readonly inputWidth: number;
  readonly inputHeight: number;
  /** How often the picture was halved on the way to this map. */
  readonly halvings: number;
}

/** Centres (x, y) in input pixels of every anchor of a map, in the order row, column, anchor. */
export function anchorCentres(grid: AnchorGrid): Float32Array {
  const { rows, columns, anchorsPerCell, inputWidth, inputHeight, halvings } = grid;
  const xs = axisCentres(columns, inputWidth, halvings);
  const ys = axisCentres(rows, inputHeight, halvings);
  const centres = new Float32Array(rows * columns * anchorsPerCell * 2);
  let at = 0;
  for (const y of ys) {
    for (const x of xs) {
      for (let anchor = 0; anchor < anchorsPerCell; anchor++) {
        centres[at++] = x;
        centres[at++] = y;
      }
    }
  }
  return centres;
}

function axisCentres(cells: number, sizePx: number, halvings: number): number[] {
  const shift = anchorShift(sizePx, halvings);
  return Array.from({ length: cells }, (_, cell) => ((cell + 0.5) / cells) * sizePx + shift);
}
